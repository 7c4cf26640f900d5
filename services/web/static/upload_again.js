// On the page of a job whose upload was interrupted: the same file, chosen again, goes on where it stopped.
"use strict";

(() => {
  const form = document.getElementById("upload-again");
  if (!form) return;
  const [picker, problem, sending, words, progress, button, pause, told] = [
    "file", "problem", "sending", "words", "progress", "send", "pause", "stored",
  ].map((name) => document.getElementById(`upload-${name}`));
  const size = Number(form.dataset.size);
  let stop = null;

  // As the service makes the name safe for its own use.
  function cleaned(name) {
    const safe = name.replace(/[^A-Za-z0-9._+=@,()~ -]+/g, "_").replace(/\s+/g, " ");
    return safe.replace(/^[ .]+|[ .]+$/g, "");
  }

  // Why this cannot be the file. Names that the service has shortened are not compared.
  function mismatch(file) {
    const { name } = form.dataset;
    if (file.size !== size) {
      const [has, wanted] = [file.size, size].map((bytes) => bytes.toLocaleString("en"));
      return `This is another file: it has ${has} bytes, and the one of this job has ${wanted}.`;
    }
    if (name.length < 200 && cleaned(file.name) !== name) {
      return `This is another file: the one of this job is called ${name}.`;
    }
    return "";
  }

  function show(now) {
    words.textContent = gasProgress.words(now);
    progress.value = Math.floor((100 * now.sent) / now.total);
  }

  function busy(now) {
    told.hidden = now;
    sending.hidden = !now;
    pause.hidden = !now;
    button.hidden = now;
    picker.disabled = now;
    if (now) pause.focus();
  }

  function sentence(error) {
    return error instanceof gasUpload.Problem ? error.message : "The upload failed. Please try again.";
  }

  function warn(event) {
    event.preventDefault();
  }

  async function tellStored() {
    const { stored } = await gasUpload.ask(form.dataset.stored);
    const bytes = stored.reduce((sum, each) => sum + each.size, 0);
    const arrived = `${gasProgress.size(bytes)} of ${gasProgress.size(size)} have arrived and need not be sent again.`;
    told.textContent = bytes ? arrived : `Nothing of its ${gasProgress.size(size)} has arrived yet.`;
  }

  async function send(file) {
    const { parts } = await gasUpload.ask(form.dataset.stored);
    const ticket = { parts, uploaded_url: form.dataset.uploaded };
    const answer = await gasUpload.upload(file, ticket, { onProgress: show, signal: stop.signal });
    window.removeEventListener("beforeunload", warn);
    window.location.assign(answer.job_url);
  }

  async function submit(event) {
    event.preventDefault();
    const file = picker.files[0];
    problem.textContent = mismatch(file);
    if (problem.textContent) return;
    stop = new AbortController();
    busy(true);
    window.addEventListener("beforeunload", warn);
    try {
      await send(file);
    } catch (error) {
      window.removeEventListener("beforeunload", warn);
      if (error.name !== "AbortError") problem.textContent = sentence(error);
      busy(false);
      button.focus();
      await tellStored().catch(() => {});
    }
  }

  // Without this script the form would do nothing.
  form.hidden = false;
  form.addEventListener("submit", submit);
  pause.addEventListener("click", () => stop.abort());
  tellStored().catch(() => {});
})();
