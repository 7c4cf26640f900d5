// A form is sent once: a second click while the answer is on its way does nothing. Too long a text stays here.
"use strict";

(() => {
  // A browser that was told to stop loading does not say so; the button works again after this.
  const PAUSE_MILLISECONDS = 10000;
  let sent = new WeakSet();

  function tooLarge(form) {
    const limit = Number(form.dataset.limit);
    // Line breaks are counted as the service stores them.
    return limit && new Blob([form.elements.text.value.replaceAll("\r\n", "\n")]).size > limit;
  }

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method !== "post") return;
    if (sent.has(form)) {
      event.preventDefault();
    } else if (tooLarge(form)) {
      event.preventDefault();
      document.getElementById("problem").textContent = form.dataset.tooLarge;
    } else {
      sent.add(form);
      setTimeout(() => sent.delete(form), PAUSE_MILLISECONDS);
    }
  });
  // The page may come back as it was left.
  window.addEventListener("pageshow", () => { sent = new WeakSet(); });
})();
