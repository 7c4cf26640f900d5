// Ticks all jobs of the page at once. Without this script each is ticked by itself.
"use strict";

(() => {
  const all = document.getElementById("all");
  if (!all) return;
  const boxes = [...document.querySelectorAll("#chosen input[name=job]")];

  function show() {
    const ticked = boxes.filter((box) => box.checked).length;
    all.checked = ticked === boxes.length;
    all.indeterminate = ticked > 0 && ticked < boxes.length;
  }

  all.hidden = false;
  all.addEventListener("change", () => {
    for (const box of boxes) box.checked = all.checked;
  });
  for (const box of boxes) box.addEventListener("change", show);
  window.addEventListener("pageshow", show);
})();
