// The table is replaced in place; this tells of it, and shows the page of a refusal, which is not put into the table.
"use strict";

(() => {
  let wasFocused = false;
  document.addEventListener("htmx:beforeSwap", () => {
    wasFocused = document.activeElement !== document.body;
  });
  document.addEventListener("htmx:afterSettle", () => {
    const found = document.getElementById("found");
    // What was pressed may be gone, such as the step to a next page; the keyboard goes on from the rows.
    if (found && wasFocused && document.activeElement === document.body) found.focus({ preventScroll: true });
    document.getElementById("announced").textContent = found ? found.textContent.trim() : "";
  });
  document.addEventListener("htmx:responseError", (event) => {
    window.location.assign(event.detail.pathInfo.finalRequestPath);
  });
})();
