// Uploads a file straight to the store: ask for a ticket, post the file, say that it has arrived.
"use strict";

(() => {
  const form = document.getElementById("upload");
  const picker = document.getElementById("file");
  const button = document.getElementById("send");
  const problem = document.getElementById("problem");
  const offer = document.getElementById("offer");
  const sending = document.getElementById("sending");
  const progress = document.getElementById("progress");
  const percent = document.getElementById("percent");
  const csrf = document.querySelector("meta[name=csrf-token]").content;
  const limit = Number(form.dataset.limit);

  // What an earlier try has got done, so that a retry goes on from there.
  let ticket = null;
  let stored = false;

  class Sentence extends Error {}

  function say(sentence, upgradeHelps) {
    problem.textContent = sentence;
    offer.hidden = !upgradeHelps;
  }

  function fits(file) {
    if (file && file.size === 0) {
      say("The file is empty. Please choose another one.", false);
    } else if (file && file.size > limit) {
      const most = form.dataset.limitText;
      say(`The file is larger than the ${most} that your plan allows.`, "upgrade" in form.dataset);
    } else {
      say("", false);
      return Boolean(file);
    }
    return false;
  }

  function pick() {
    ticket = null;
    stored = false;
    button.textContent = "Upload and annotate";
    fits(picker.files[0]);
  }

  async function ask(address, body) {
    let response;
    try {
      response = await fetch(address, {
        method: "POST",
        headers: { Accept: "application/json", "Content-Type": "application/json", "X-CSRFToken": csrf },
        body: JSON.stringify(body),
      });
    } catch {
      throw new Sentence("The connection was lost. Please check it and try again.");
    }
    const answer = await response.json().catch(() => ({}));
    if (response.ok) return answer;
    const error = answer.error || { message: "The service did not answer as expected. Please try again." };
    throw Object.assign(new Sentence(error.message), { upgradeHelps: Boolean(error.upgrade_helps) });
  }

  function post(upload, file) {
    const body = new FormData();
    for (const [name, value] of Object.entries(upload.fields)) body.append(name, value);
    body.append("file", file);
    return new Promise((resolve, reject) => {
      const request = new XMLHttpRequest();
      request.upload.addEventListener("progress", (event) => show(event.loaded / event.total));
      request.addEventListener("load", () => {
        if (request.status < 300) return resolve();
        // The form has expired or does not fit any more: the next try asks for another one.
        ticket = null;
        return reject(new Sentence("The store refused the file. Please try again."));
      });
      request.addEventListener("error", () => reject(new Sentence("The upload was interrupted. Please try again.")));
      request.open("POST", upload.url);
      request.send(body);
    });
  }

  function show(share) {
    progress.value = Math.round(share * 100);
    percent.textContent = `${progress.value} %`;
  }

  function busy(now) {
    sending.hidden = !now;
    button.disabled = now;
    picker.disabled = now;
  }

  function warn(event) {
    event.preventDefault();
  }

  async function send(file) {
    ticket = ticket || (await ask(form.dataset.tickets, { file_name: file.name, size: file.size }));
    if (!stored) await post(ticket.upload, file);
    stored = true;
    await ask(ticket.uploaded_url, {});
  }

  async function submit(event) {
    event.preventDefault();
    const file = picker.files[0];
    if (!fits(file)) return;
    busy(true);
    window.addEventListener("beforeunload", warn);
    try {
      await send(file);
      window.removeEventListener("beforeunload", warn);
      window.location.assign(ticket.job_url);
    } catch (error) {
      say(error instanceof Sentence ? error.message : "The upload failed. Please try again.", error.upgradeHelps);
      button.textContent = "Try again";
      busy(false);
    } finally {
      window.removeEventListener("beforeunload", warn);
    }
  }

  // Without this script the form would do nothing.
  form.hidden = false;
  picker.addEventListener("change", pick);
  form.addEventListener("submit", submit);
})();
