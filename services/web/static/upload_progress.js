// How far an upload is, and the words for it; `upload.js` tells it what happens.
"use strict";

window.gasProgress = (() => {
  // The rate is that of the last seconds, so that it follows the connection and does not jump.
  const WINDOW = 15000;
  const SURE_AFTER = 2000;
  const EVERY = 100;
  const UNITS = ["bytes", "kB", "MB", "GB", "TB"];
  const PERIODS = [[86400, "day"], [3600, "hour"], [60, "minute"], [1, "second"]];

  // One attempt at an upload, until it has arrived, was stopped, or has failed.
  function run(file, { onProgress, signal }) {
    const controller = new AbortController();
    const stop = () => controller.abort(signal.reason);
    const flying = new Map();
    const held = [];
    let arrived = 0;
    let moved = 0;
    let finishing = false;
    let samples = [];
    let told = 0;

    if (signal && signal.aborted) stop();
    if (signal) signal.addEventListener("abort", stop);

    function state() {
      if (held.includes("offline")) return "offline";
      if (held.length) return "retrying";
      if (finishing) return "finishing";
      return moved || arrived ? "sending" : "checking";
    }

    function rate(now) {
      samples = samples.filter((each) => each.at > now - WINDOW);
      samples.push({ at: now, moved });
      const past = now - samples[0].at;
      return past > SURE_AFTER ? ((moved - samples[0].moved) * 1000) / past : 0;
    }

    function tell(now = performance.now()) {
      told = now;
      const sent = arrived + Array.from(flying.values()).reduce((sum, each) => sum + each, 0);
      const speed = rate(now);
      const seconds = speed ? (file.size - sent) / speed : null;
      onProgress({ state: state(), sent, total: file.size, rate: speed, seconds });
    }

    return {
      signal: controller.signal,
      stop: (error) => controller.abort(error),
      end: () => signal && signal.removeEventListener("abort", stop),
      // So many bytes of a part are on their way; fewer than before if it begins again.
      sent(part, bytes) {
        moved += Math.max(0, bytes - (flying.get(part) || 0));
        flying.set(part, bytes);
        if (performance.now() - told > EVERY) tell();
      },
      store(part, bytes) {
        flying.delete(part);
        arrived += bytes;
        tell();
      },
      hold(why) {
        held.push(why);
        tell();
        return () => {
          held.splice(held.indexOf(why), 1);
          samples = [];
          tell();
        };
      },
      finish() {
        finishing = true;
        tell();
      },
    };
  }

  // 42 % of 346 MB, 12.3 MB per second, about 2 minutes left.
  function words({ state, sent, total, rate, seconds }) {
    if (state === "checking") return "Reading the file";
    if (state === "finishing") return "Sent. The service is putting the file in place";
    const share = `${Math.floor((100 * sent) / total)} % of ${size(total)}`;
    if (state === "offline") return `${share}. There is no connection; the upload goes on as soon as it is back`;
    if (state === "retrying") return `${share}. The store did not answer; trying again`;
    return rate ? `${share}, ${size(rate)} per second, ${duration(seconds)} left` : share;
  }

  function size(bytes) {
    let value = bytes;
    let unit = 0;
    while (value >= 1000 && unit < UNITS.length - 1) {
      value /= 1000;
      unit += 1;
    }
    return `${unit ? value.toFixed(1).replace(/\.0$/, "") : Math.round(value)} ${UNITS[unit]}`;
  }

  function duration(seconds) {
    const [length, name] = PERIODS.find(([each]) => seconds >= each) || PERIODS[PERIODS.length - 1];
    const count = Math.max(1, Math.round(seconds / length));
    return `about ${count} ${name}${count > 1 ? "s" : ""}`;
  }

  return { run, words, size };
})();
