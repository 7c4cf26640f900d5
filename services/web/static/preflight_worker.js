// Looks at files before they are sent, beside the page: {rules, id, file} comes in, {id, facts} goes out.
"use strict";

// No more than this is read of a file, but for a longer header; what is beyond is estimated.
const MOST_READ = 2_000_000;
const MOST_TEXT = 8_000_000;
const MOST_CONTIGS = 5_000;
const HEAD = 512;

let ready = false;

// Gives the lines of a text that comes in pieces.
function lineFeeder(take) {
  let pending = "";
  return {
    feed(text) {
      const lines = (pending + text).split("\n");
      pending = lines.pop();
      lines.forEach(take);
      if (pending.length > gasPreflight.MAX_LINE) take(pending);
    },
    end: () => pending && take(pending),
  };
}

// Reads until the end, or until enough is known; how far, and how many bytes were header.
async function sample(file, kind, reader) {
  const feeder = lineFeeder(reader.take);
  const seen = { read: 0, text: 0, before: 0, whole: true };
  for await (const { text, read } of gasText.texts(file, kind)) {
    if (!seen.text) refuseForeign(text);
    if (!reader.inRecords) seen.before = seen.read;
    seen.read = read;
    seen.text += text.length;
    feeder.feed(gasPreflight.decode(text));
    if (reader.inRecords && file.size > read && (read >= MOST_READ || seen.text >= MOST_TEXT)) {
      seen.whole = false;
      return seen;
    }
  }
  if (!seen.text) throw new gasPreflight.Refused("The file is empty.");
  feeder.end();
  reader.end();
  return seen;
}

function refuseForeign(text) {
  const sentence = gasFormats.foreign(text.subarray(0, HEAD));
  if (sentence) throw new gasPreflight.Refused(sentence);
}

// A line that makes no sense may be what is left of damaged data: that is the sentence to be told then.
async function damage(file, kind) {
  let text = 0;
  for await (const piece of gasText.texts(file, kind)) {
    text += piece.text.length;
    if (piece.read >= MOST_READ || text >= MOST_TEXT) return;
  }
}

function estimate(file, records, seen) {
  if (seen.whole) return records;
  return Math.round((records * (file.size - seen.before)) / (seen.read - seen.before));
}

function told(problem) {
  return { sentence: problem.message, line: problem.line, column: problem.column };
}

function damaged(number) {
  return (error) => {
    if (!(error instanceof gasText.Damaged)) throw error;
    const place = number ? `after line ${number.toLocaleString("en")}` : "near its start";
    return { sentence: `The file is damaged ${place}: ${error.message}.`, line: null, column: null };
  };
}

async function refusals(error, file, kind, reader) {
  if (error instanceof gasText.Damaged) return [damaged(reader.number)(error)];
  if (!(error instanceof gasPreflight.Refused)) throw error;
  const found = kind && (await damage(file, kind).catch(damaged(reader.number)));
  if (found) return [found];
  const problems = reader.problems.length ? reader.problems : [error];
  return problems.map(told);
}

async function examine(file) {
  const reader = gasPreflight.reader();
  const head = await gasText.bytesOf(file, 0, HEAD);
  const kind = gasText.compression(head);
  let seen = { read: head.length, whole: false };
  let problems = [];
  try {
    seen = await sample(file, kind, reader);
  } catch (error) {
    problems = await refusals(error, file, kind, reader);
  }
  const { version, samples, declared, contigs, records, crlf, remarks, remarked } = reader.facts;
  return {
    kind, version, samples: samples.length, crlf, problems, remarks, remarked,
    declared: Array.from(declared).slice(0, MOST_CONTIGS),
    contigs: Array.from(contigs).slice(0, MOST_CONTIGS),
    records: problems.length ? null : estimate(file, records, seen),
    whole: seen.whole,
    read: seen.read,
    cutOff: kind === "bgzip" && !problems.length && !(await gasText.hasEndBlock(file)),
  };
}

self.addEventListener("message", async ({ data: { rules, id, file } }) => {
  try {
    if (!ready) importScripts(...rules);
    ready = true;
    self.postMessage({ id, facts: await examine(file) });
  } catch (error) {
    self.postMessage({ id, error: String(error), unreadable: error.name === "NotReadableError" || error.name === "NotFoundError" });
  }
});
