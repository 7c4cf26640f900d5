// Light or dark: as the system has it, or as the reader has chosen here.
"use strict";

(() => {
  const KEY = "theme";
  const system = window.matchMedia("(prefers-color-scheme: dark)");
  const other = { light: "dark", dark: "light" };

  function chosen() {
    try {
      return localStorage.getItem(KEY);
    } catch {
      return null; // Storage is forbidden; the choice then lasts as long as the page.
    }
  }

  function remember(theme) {
    try {
      localStorage.setItem(KEY, theme);
    } catch {
      // See above.
    }
  }

  function preferred() {
    return system.matches ? "dark" : "light";
  }

  function show(theme) {
    document.documentElement.dataset.bsTheme = theme;
    const button = document.getElementById("theme");
    if (!button) return;
    button.hidden = false;
    button.textContent = other[theme] === "dark" ? "Dark" : "Light";
    button.setAttribute("aria-label", `${button.textContent} colours`);
  }

  show(other[chosen()] ? chosen() : preferred());
  system.addEventListener("change", () => other[chosen()] || show(preferred()));
  document.addEventListener("DOMContentLoaded", () => {
    show(document.documentElement.dataset.bsTheme);
    document.getElementById("theme").addEventListener("click", () => {
      const theme = other[document.documentElement.dataset.bsTheme];
      remember(theme);
      show(theme);
    });
  });
})();
