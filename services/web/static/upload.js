// Uploads a file straight to the store, whole or in parts, and says when it has arrived.
//
// gasUpload.upload(file, ticket, {onProgress, signal}) resolves to the answer of `ticket.uploaded_url`. The
// ticket is what the service answered when the job was recorded; onProgress is told what `gasProgress.words`
// takes (upload_progress.js, loaded before this). Aborting the signal is a pause: the promise is
// rejected with an AbortError, and another call with the same file and ticket goes on where this one stopped.
// Whatever else goes wrong rejects it with a gasUpload.Problem, whose message is a sentence for the user.
"use strict";

window.gasUpload = (() => {
  const PARTS_AT_ONCE = 4;
  const ATTEMPTS = 8;
  const FIRST_PAUSE = 1000;
  const LONGEST_PAUSE = 30000;
  // A request that moves nothing for this long has lost its connection, though nobody has noticed.
  const STALLED = 60000;
  // The service may take a minute or two to put many parts together.
  const SILENT = 180000;
  const UNREACHED = "The store cannot be reached. Please check your connection and try again.";
  // How often parts are compared with what is stored, before it is given up.
  const ROUNDS = 3;

  // upgradeHelps: the premium plan would take the file. newTicket: only a new job can take it.
  class Problem extends Error {
    constructor(sentence, { upgradeHelps = false, newTicket = false, code = "" } = {}) {
      super(sentence);
      Object.assign(this, { upgradeHelps, newTicket, code });
    }
  }

  // What may pass by itself. `away`: the service cannot be reached, so it may be this computer's connection.
  class Trouble extends Problem {
    constructor(sentence, away = false) {
      super(sentence);
      this.away = away;
    }
  }

  // The store does not know the upload any more.
  class Gone extends Error {}

  // Digests of the parts of a file, so that a pause does not cost a second reading.
  const digests = new WeakMap();
  // Tickets whose whole file is stored and only has to be confirmed.
  const arrived = new WeakSet();

  function happens(signal, wait) {
    return new Promise((resolve, reject) => {
      const stop = () => reject(signal.reason);
      signal.addEventListener("abort", stop, { once: true });
      wait(() => {
        signal.removeEventListener("abort", stop);
        resolve();
      });
    });
  }

  async function rest(attempt, away, signal) {
    signal.throwIfAborted();
    if (away && !navigator.onLine) {
      await happens(signal, (done) => window.addEventListener("online", done, { once: true }));
    } else {
      const longest = Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** (attempt - 1));
      await happens(signal, (done) => setTimeout(done, longest * (0.5 + Math.random() / 2)));
    }
  }

  // Tries again what may pass: without end while there is no connection, else some times.
  async function persist(work, run) {
    for (let attempt = 1, counted = 1; ; attempt += 1) {
      run.signal.throwIfAborted();
      try {
        return await work();
      } catch (error) {
        if (!(error instanceof Trouble)) throw error;
        if (!error.away && counted++ >= ATTEMPTS) throw new Problem(error.message);
        const goOn = run.hold(error.away ? "offline" : "retrying");
        await rest(attempt, error.away, run.signal);
        goOn();
      }
    }
  }

  // Aborted with the other one, or when it has taken too long: a broken connection can hang for many minutes.
  function limited(signal) {
    const own = new AbortController();
    const stop = () => own.abort();
    const limit = setTimeout(stop, SILENT);
    if (signal) signal.addEventListener("abort", stop, { once: true });
    const end = () => {
      clearTimeout(limit);
      if (signal) signal.removeEventListener("abort", stop);
    };
    return { signal: own.signal, end };
  }

  async function ask(address, { body, signal } = {}) {
    const csrf = document.querySelector("meta[name=csrf-token]");
    const headers = { Accept: "application/json", "X-CSRFToken": csrf ? csrf.content : "" };
    const limit = limited(signal);
    const options = { headers, signal: limit.signal };
    if (body) {
      Object.assign(options, { method: "POST", body: JSON.stringify(body) });
      headers["Content-Type"] = "application/json";
    }
    let response;
    try {
      response = await fetch(address, options);
    } catch {
      if (signal) signal.throwIfAborted();
      throw new Trouble("The service cannot be reached. Please check your connection and try again.", true);
    } finally {
      limit.end();
    }
    const answer = await response.json().catch(() => ({}));
    if (response.ok) return answer;
    const error = answer.error || {};
    const sentence = error.message || "The service did not answer as expected. Please try again.";
    if (response.status >= 500) throw new Trouble(sentence);
    throw new Problem(sentence, { upgradeHelps: Boolean(error.upgrade_helps), code: error.code });
  }

  // Sends a body with progress, which fetch cannot tell; the status of the answer and its text.
  function send(method, address, body, headers, onSent, signal) {
    return new Promise((resolve, reject) => {
      const request = new XMLHttpRequest();
      let watch;
      const stop = () => request.abort();
      const moved = () => {
        clearTimeout(watch);
        watch = setTimeout(stop, STALLED);
      };
      request.upload.addEventListener("progress", (event) => {
        moved();
        onSent(event.loaded);
      });
      request.addEventListener("loadend", () => {
        clearTimeout(watch);
        signal.removeEventListener("abort", stop);
        if (signal.aborted) reject(signal.reason);
        else if (request.status) resolve({ status: request.status, text: request.responseText });
        else reject(new Trouble(UNREACHED, !navigator.onLine));
      });
      signal.addEventListener("abort", stop, { once: true });
      request.open(method, address);
      for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
      moved();
      request.send(body);
    });
  }

  async function sendWhole(file, ticket, run) {
    const body = new FormData();
    for (const [name, value] of Object.entries(ticket.upload.fields)) body.append(name, value);
    body.append("file", file);
    const post = async () => {
      // The form around the file is a little more than the file.
      const onSent = (sent) => run.sent(0, Math.min(sent, file.size));
      const { status } = await send("POST", ticket.upload.url, body, {}, onSent, run.signal);
      if (status >= 500) throw new Trouble("The store does not answer as expected. Please try again.");
      if (status >= 300) throw new Problem("The store refused the file. Please try again.", { newTicket: true });
    };
    if (!arrived.has(ticket)) await persist(post, run);
    arrived.add(ticket);
    run.store(0, file.size);
  }

  async function digestOf(file, number, size) {
    const known = digests.get(file) || new Map();
    digests.set(file, known);
    if (!known.has(number)) {
      const bytes = await readPart(file, number, size).arrayBuffer().catch(() => {
        throw new Problem("The file cannot be read any more. Has it changed? Please choose it again.");
      });
      known.set(number, await sha256(bytes));
    }
    return known.get(number);
  }

  async function sha256(bytes) {
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
    return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
  }

  // Of the digests of all parts, one after the other: what the service compares before it puts them together.
  async function digestOfParts(file, { size, count }) {
    const all = new Uint8Array(32 * count);
    for (let number = 1; number <= count; number += 1) {
      const pairs = (await digestOf(file, number, size)).match(/../g);
      all.set(pairs.map((pair) => parseInt(pair, 16)), 32 * (number - 1));
    }
    return sha256(all);
  }

  function readPart(file, number, size) {
    return file.slice((number - 1) * size, number * size);
  }

  // The digests of the parts that are stored, by number. The first and the last of them tell whether this is
  // the file that the upload began with; the others are compared when their turn comes.
  async function askStored(file, parts, run) {
    const { stored } = await persist(() => ask(parts.stored_url, { signal: run.signal }), run);
    for (const each of new Set([stored[0], stored[stored.length - 1]])) {
      if (each && (await digestOf(file, each.number, parts.size)) !== each.sha256) {
        throw new Problem(
          "This is not the file that the upload began with. Please choose that one, or submit this as a new job.",
        );
      }
    }
    return new Map(stored.map((each) => [each.number, each.sha256]));
  }

  async function sendPart(file, number, parts, stored, run) {
    const digest = await digestOf(file, number, parts.size);
    const part = readPart(file, number, parts.size);
    const put = async () => {
      const wanted = { parts: [{ number, sha256: digest }] };
      const { parts: [address] } = await ask(parts.sign_url, { body: wanted, signal: run.signal });
      const onSent = (sent) => run.sent(number, sent);
      const { status, text } = await send("PUT", address.url, part, address.headers, onSent, run.signal);
      if (status < 300) return;
      run.sent(number, 0);
      if (status === 404 && text.includes("NoSuchUpload")) throw new Gone();
      throw new Trouble("The store refused a part of the file. Please try again.");
    };
    if (stored.get(number) !== digest) await persist(put, run);
    run.store(number, part.size);
  }

  async function sendParts(file, ticket, run) {
    if (!window.crypto.subtle) throw new Problem("Large files can be uploaded over HTTPS only.");
    const { parts } = ticket;
    const stored = await askStored(file, parts, run);
    let next = 1;
    const work = async () => {
      while (next <= parts.count && !run.signal.aborted) await sendPart(file, next++, parts, stored, run);
    };
    const workers = Array.from({ length: PARTS_AT_ONCE }, () => work().catch((error) => run.stop(error)));
    await Promise.all(workers);
    run.signal.throwIfAborted();
  }

  async function confirm(file, ticket, run) {
    run.finish();
    const body = ticket.parts ? { sha256: await digestOfParts(file, ticket.parts) } : {};
    return persist(() => ask(ticket.uploaded_url, { body, signal: run.signal }), run);
  }

  async function upload(file, ticket, { onProgress = () => {}, signal } = {}) {
    for (let round = 1; ; round += 1) {
      const run = gasProgress.run(file, { onProgress, signal });
      try {
        await (ticket.parts ? sendParts : sendWhole)(file, ticket, run).catch((error) => {
          // The upload was confirmed already, and only the answer was not waited for.
          if (error.code !== "not_available") throw error;
        });
        return await confirm(file, ticket, run);
      } catch (error) {
        const again = error instanceof Gone || error.code === "not_uploaded";
        if (!ticket.parts || !again || round === ROUNDS) throw error instanceof Gone ? tooLate() : error;
      } finally {
        run.end();
      }
    }
  }

  function tooLate() {
    return new Problem("The store does not take the parts any more. Please submit the file again.", { newTicket: true });
  }

  return { upload, ask, Problem };
})();
