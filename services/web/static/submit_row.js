// One chosen file in the list: what was found in it, how far it is, and what can be done with it.
//
// A row is in one of these states: checking, ready, refused, waiting (its turn comes), sending, paused, failed, done.
"use strict";

window.gasRow = (() => {
  const STATES = {
    checking: "Looking at the file",
    ready: "Ready",
    refused: "Cannot be submitted",
    waiting: "Waiting for its turn",
    sending: "Uploading",
    paused: "Paused",
    failed: "Not submitted",
    done: "Submitted",
  };
  const BUTTONS = { pause: ["sending"], again: ["paused", "failed"] };
  const STAYS = ["sending", "done"];

  function row(file, { onRemove, onAgain, limits }) {
    const element = document.getElementById("row").content.firstElementChild.cloneNode(true);
    const parts = Object.fromEntries(
      Array.from(element.querySelectorAll("[data-part]"), (part) => [part.dataset.part, part]),
    );
    const self = { file, element, state: "checking", facts: null, ticket: null, asked: null, stop: null, checked: null };
    parts.name.textContent = file.name;
    for (const name of ["remove", "pause", "again"]) {
      // What each button is for must be heard where there are several.
      const hidden = document.createElement("span");
      hidden.className = "visually-hidden";
      hidden.textContent = ` ${file.name}`;
      parts[name].append(hidden);
    }

    self.show = (state) => {
      const pressed = document.activeElement;
      self.state = state;
      parts.state.textContent = STATES[state];
      element.dataset.state = state;
      for (const [name, states] of Object.entries(BUTTONS)) parts[name].hidden = !states.includes(state);
      parts.again.firstChild.textContent = state === "paused" ? "Resume" : "Try again";
      parts.remove.hidden = STAYS.includes(state);
      parts.sending.hidden = !["sending", "paused"].includes(state);
      parts.job.hidden = state !== "done";
      // A button that hides itself hands the focus on.
      if (pressed && pressed.hidden && element.contains(pressed)) {
        [parts.pause, parts.again, parts.remove, parts.job].find((part) => !part.hidden).focus();
      }
    };

    // What was found, as sentences; errors before warnings.
    self.find = ({ errors, warnings }, { offer = false } = {}) => {
      const items = [["text-danger-emphasis", "Error: ", errors], ["text-warning-emphasis", "Warning: ", warnings]];
      parts.findings.replaceChildren(...items.flatMap(([tone, word, sentences]) => sentences.map((sentence) => {
        const item = document.createElement("li");
        item.className = `${tone} text-break`;
        item.textContent = word + sentence;
        return item;
      })));
      parts.offer.hidden = !offer;
    };

    self.describe = (text) => { parts.facts.textContent = text; };
    self.wait = (text) => { parts.wait.textContent = text; };
    self.progress = (now) => {
      parts.words.textContent = gasProgress.words(now);
      parts.progress.value = now.total ? Math.floor((100 * now.sent) / now.total) : 0;
    };
    self.done = (address) => {
      parts.job.href = address;
      self.show("done");
    };

    parts.size.textContent = file.size <= limits.limit
      ? `${gasProgress.size(file.size)} of ${gasProgress.size(limits.limit)}`
      : gasProgress.size(file.size);
    parts.progress.setAttribute("aria-label", `Progress of ${file.name}`);
    parts.remove.addEventListener("click", () => onRemove(self));
    parts.pause.addEventListener("click", () => self.stop && self.stop.abort());
    parts.again.addEventListener("click", () => onAgain(self));
    self.show("checking");
    return self;
  }

  return { row };
})();
