// The submit page: files are chosen or dropped, looked at before a byte is sent, and become jobs one by one.
"use strict";

(() => {
  const form = document.getElementById("upload");
  const [card, picker, list, button, problem, told] = ["card", "file", "files", "send", "problem", "told"].map(
    (name) => document.getElementById(name),
  );
  const { genomes, known } = JSON.parse(document.getElementById("catalogue").textContent);
  const limits = {
    limit: Number(form.dataset.limit),
    premiumLimit: Number(form.dataset.premiumLimit),
    upgrade: Boolean(form.dataset.upgrade),
    sizeText: gasProgress.size,
  };
  const MOST_NAME = Number(document.getElementById("job-name").maxLength);
  let rows = [];
  let running = false;

  // The worker looks at one file after another; answers are told apart by their number.
  const worker = window.Worker && window.DecompressionStream ? new Worker(form.dataset.worker) : null;
  const answers = new Map();
  let broken = !worker;
  if (worker) {
    worker.addEventListener("message", ({ data }) => answers.get(data.id)(data));
    worker.addEventListener("error", () => {
      broken = true;
      answers.forEach((answer) => answer({ error: "worker" }));
    });
  }

  function examine(file) {
    if (broken) return Promise.resolve({ error: "no worker" });
    const id = answers.size;
    return new Promise((resolve) => {
      answers.set(id, resolve);
      worker.postMessage({ id, file, rules: form.dataset.rules.trim().split(" ") });
    });
  }

  function settings() {
    const { genome, name, mode } = Object.fromEntries(new FormData(form));
    return { genome, name: name.trim(), mode: mode || "" };
  }

  // Of several files, each is called after itself as well.
  function nameOf(file, name) {
    return name && rows.length > 1 ? `${name}: ${file.name}`.slice(0, MOST_NAME) : name;
  }

  function refuse(row, sentence, offer = false) {
    row.find({ errors: [sentence], warnings: [] }, { offer });
    row.show("refused");
  }

  // With what is chosen now; called again when the choice changes.
  function judge(row) {
    if (!["checking", "ready", "refused"].includes(row.state)) return;
    const tooLarge = gasVerdict.judgeSize(row.file.size, limits);
    if (tooLarge) {
      refuse(row, tooLarge, limits.upgrade && row.file.size > limits.limit && row.file.size <= limits.premiumLimit);
      return;
    }
    if (!row.facts) return;
    const { genome, mode } = settings();
    const found = gasVerdict.judge(row.facts, { genome: genomes.find(({ name }) => name === genome), known, mode });
    row.describe(gasVerdict.describe(row.facts));
    row.find(found);
    row.show(found.errors.length ? "refused" : "ready");
  }

  async function check(row) {
    judge(row);
    if (row.state === "refused") return;
    const { facts, unreadable } = await examine(row.file);
    if (facts) {
      row.facts = facts;
      judge(row);
    } else if (unreadable) {
      refuse(row, "The file cannot be read. Is it a folder, or has it changed? Please choose it again.");
    } else {
      // The service looks at the file in any case.
      row.describe("This browser cannot look into the file; the service will.");
      row.show("ready");
    }
    if (row.state === "ready") await tellWait(row);
  }

  async function tellWait(row) {
    const asked = { size: row.file.size, genome: settings().genome };
    const { waiting, running: takes } = await gasUpload.ask(form.dataset.estimate, { body: asked }).catch(() => ({}));
    const starts = waiting ? `It would start in ${waiting.text}` : "";
    const runs = takes ? `${starts ? " and then take" : "It would take"} ${takes.text}` : "";
    if (starts || runs) row.wait(`${starts}${runs}, by what recent jobs took.`);
  }

  function tell() {
    const ready = rows.filter(({ state }) => state === "ready").length;
    const refused = rows.filter(({ state }) => state === "refused").length;
    const files = (number) => `${number} file${number === 1 ? "" : "s"}`;
    const parts = [];
    if (ready) parts.push(`${files(ready)} ready`);
    if (refused) parts.push(`${files(refused)} cannot be submitted`);
    told.textContent = running || !parts.length ? "" : `${parts.join(", ")}.`;
  }

  function add(files) {
    problem.textContent = "";
    for (const file of files) {
      const row = gasRow.row(file, { onRemove: remove, onAgain: again, limits });
      rows.push(row);
      list.append(row.element);
      row.checked = check(row).then(tell);
    }
    list.hidden = !rows.length;
  }

  function remove(row) {
    const place = rows.indexOf(row);
    rows = rows.filter((each) => each !== row);
    row.element.remove();
    list.hidden = !rows.length;
    const next = rows[Math.min(place, rows.length - 1)];
    (next ? next.element.querySelector("button:not([hidden])") || button : picker).focus();
    tell();
  }

  function warn(event) {
    event.preventDefault();
  }

  // What is chosen now holds for the file, whatever is chosen for others before its turn comes.
  function queue(row) {
    if (!row.ticket) {
      const wanted = settings();
      row.asked = { file_name: row.file.name, size: row.file.size, ...wanted, name: nameOf(row.file, wanted.name) };
    }
    row.show("waiting");
  }

  async function ticketOf(row) {
    row.ticket = row.ticket || (await gasUpload.ask(form.dataset.tickets, { body: row.asked }));
    return row.ticket;
  }

  async function send(row) {
    row.stop = new AbortController();
    row.find({ errors: [], warnings: [] });
    row.show("sending");
    try {
      const ticket = await ticketOf(row);
      await gasUpload.upload(row.file, ticket, { onProgress: row.progress, signal: row.stop.signal });
      row.done(ticket.job_url);
    } catch (error) {
      failed(row, error);
    }
  }

  function failed(row, error) {
    if (error.name === "AbortError") {
      row.show("paused");
      return;
    }
    const isKnown = error instanceof gasUpload.Problem;
    if (isKnown && error.newTicket) row.ticket = null;
    const sentence = isKnown ? error.message : "The upload failed. Please try again.";
    row.find({ errors: [sentence], warnings: [] }, { offer: isKnown && error.upgradeHelps });
    row.show("failed");
  }

  function again(row) {
    queue(row);
    run();
  }

  // One job after another; what fails does not stop the others.
  async function run() {
    if (running) return;
    running = true;
    window.addEventListener("beforeunload", warn);
    button.disabled = true;
    for (let row = nextRow(); row; row = nextRow()) await send(row);
    button.disabled = false;
    window.removeEventListener("beforeunload", warn);
    running = false;
    finish();
  }

  function nextRow() {
    return rows.find(({ state }) => state === "waiting");
  }

  function finish() {
    const done = rows.filter(({ state }) => state === "done");
    if (done.length && done.length === rows.length) {
      window.location.assign(rows.length === 1 ? rows[0].ticket.job_url : form.dataset.jobs);
      return;
    }
    const rest = rows.length - done.length;
    const jobs = done.length === 1 ? "1 job was made" : `${done.length} jobs were made`;
    const left = rest === 1 ? "1 file was not submitted" : `${rest} files were not submitted`;
    told.textContent = `${jobs}; ${left}, see the list above.`;
  }

  async function submit(event) {
    event.preventDefault();
    if (!rows.length) {
      problem.textContent = "Please choose a file first.";
      picker.focus();
      return;
    }
    button.disabled = true;
    await Promise.all(rows.map(({ checked }) => checked));
    button.disabled = running;
    const ready = rows.filter(({ state }) => state === "ready");
    problem.textContent = ready.length || running ? "" : "None of the files can be submitted; the list says why.";
    for (const row of ready) queue(row);
    if (ready.length) run();
  }

  function drop(event) {
    event.preventDefault();
    card.classList.remove("border-primary");
    if (event.dataTransfer) add(event.dataTransfer.files);
  }

  // Without this script the form would do nothing.
  form.hidden = false;
  picker.addEventListener("change", () => {
    add(picker.files);
    // The list tells what was chosen; the same file may be chosen again.
    picker.value = "";
  });
  form.addEventListener("submit", submit);
  document.getElementById("settings").addEventListener("change", () => {
    rows.forEach(judge);
    tell();
  });
  card.addEventListener("dragover", (event) => {
    event.preventDefault();
    card.classList.add("border-primary");
  });
  card.addEventListener("dragleave", () => card.classList.remove("border-primary"));
  card.addEventListener("drop", drop);
})();
