// The table is replaced in place; this tells of it, and shows the page of a refusal, which is not put into the table.
"use strict";

(() => {
  document.addEventListener("htmx:afterSettle", () => {
    const found = document.getElementById("found");
    document.getElementById("announced").textContent = found ? found.textContent.trim() : "";
  });
  document.addEventListener("htmx:responseError", (event) => {
    window.location.assign(event.detail.pathInfo.finalRequestPath);
  });
})();
