// What the facts of a file mean for the genome, the mode and the plan that were chosen: pure functions.
"use strict";

self.gasVerdict = (() => {
  const MOST_NAMED = 5;
  const KINDS = { "": "plain text", gzip: "gzip", bgzip: "bgzip" };

  const shown = (name) => gasPreflight.printable(name);
  const count = (number) => number.toLocaleString("en");

  function named(names) {
    const more = names.length > MOST_NAMED ? " and others" : "";
    return names.slice(0, MOST_NAMED).map(shown).join(", ") + more;
  }

  // By all its names: the length of each contig of a genome.
  function lengthsOf(genome) {
    return new Map(genome.contigs.flatMap(({ name, aliases, length }) => [name, ...aliases].map((each) => [each, length])));
  }

  // The one well-known assembly that all declared lengths of chromosomes agree with; null if there is not one.
  function guess(declared, known) {
    const lengths = new Map(declared.map(([name, length]) => [name.replace(/^chr/, ""), length]));
    const fitting = known.filter((assembly) => {
      const shared = Object.keys(assembly.lengths).filter((name) => lengths.get(name));
      return shared.length && shared.every((name) => lengths.get(name) === assembly.lengths[name]);
    });
    return fitting.length === 1 ? fitting[0].title : null;
  }

  function findings() {
    return { errors: [], warnings: [] };
  }

  function sayPlace({ sentence, line, column }) {
    if (!line) return sentence;
    return `Line ${count(line)}${column ? `, column ${column}` : ""}: ${sentence}`;
  }

  function checkContigs(facts, genome, known, found) {
    const ours = lengthsOf(genome);
    const met = facts.contigs.map(([name]) => name);
    const declared = facts.declared.map(([name]) => name);
    const fits = (names) => names.filter((name) => ours.has(name));
    const looks = guess(facts.declared, known);
    const like = looks ? `This looks like ${looks}; the chosen genome is ${genome.title}. ` : "";
    const theirs = named(genome.contigs.map(({ name }) => name));
    if (met.length && !fits(met).length && (facts.whole || (declared.length && !fits(declared).length))) {
      const has = `${facts.whole ? "the file" : "its beginning"} has ${named(met)}, the genome has ${theirs}`;
      found.errors.push(`${like}No record is on a contig of the genome: ${has}. Please choose the genome that the file was called on.`);
      return;
    }
    const others = met.filter((name) => !ours.has(name));
    if (like && (others.length || declared.some((name) => !ours.has(name)))) {
      found.warnings.push(`${like}Of its contigs the genome has ${named(fits(declared)) || "none that the header names"}; records on any other are kept without annotation.`);
    } else if (others.length) {
      found.warnings.push(`The genome has no ${named(others)}: records there are kept without annotation.`);
    }
    checkLengths(facts.declared, ours, genome, found);
  }

  function checkLengths(declared, ours, genome, found) {
    for (const [name, length] of declared) {
      if (!length || !ours.has(name) || ours.get(name) === length) continue;
      const says = `The header says that ${shown(name)} has ${count(length)} bases, but it has ${count(ours.get(name))} in ${genome.title}`;
      found.warnings.push(`${says}: the file may be of another assembly.`);
    }
  }

  function checkHeader({ remarks, remarked }, found) {
    if (!remarked) return;
    const more = remarked - remarks.length;
    const breaks = "The header breaks the VCF specification, but the file can be annotated";
    found.warnings.push(`${breaks}. ${remarks.map(sayPlace).join(" ")}${more ? ` And ${count(more)} more.` : ""}`);
  }

  // What is wrong with the size of a file, whatever is in it.
  function judgeSize(size, { limit, premiumLimit, upgrade, sizeText }) {
    if (size === 0) return "The file is empty. Please choose another one.";
    if (size <= limit) return "";
    const helps = upgrade && size <= premiumLimit;
    const advice = helps ? "Upgrade to premium to submit it." : "Please split it and submit the parts.";
    // Where both look the same, only the exact number says something.
    const has = sizeText(size) === sizeText(limit) ? plural(size, "byte") : sizeText(size);
    return `The file has ${has}, which is larger than the ${sizeText(limit)} that your plan allows. ${advice}`;
  }

  // Errors stop a file, warnings do not.
  function judge(facts, { genome, known, mode }) {
    const found = findings();
    if (facts.problems.length) {
      found.errors.push(...facts.problems.map(sayPlace));
      return found;
    }
    if (mode === "haplotype-aware" && !facts.samples) {
      found.errors.push("The file has no samples, so it tells of no haplotypes: please choose the local mode under Advanced.");
    }
    if (genome) checkContigs(facts, genome, known, found);
    checkHeader(facts, found);
    if (!facts.records) found.warnings.push("The file has no records, only a header.");
    if (facts.cutOff) {
      found.warnings.push("The file lacks the mark that bgzip puts at the end: if it was cut off, its last records are missing.");
    }
    if (facts.crlf) found.warnings.push("Lines end in CR LF; in the result they end in LF.");
    return found;
  }

  function plural(number, noun) {
    return `${count(number)} ${noun}${number === 1 ? "" : "s"}`;
  }

  // In one line: VCF 4.2, bgzip, 2 samples, about 12,000 records on chr1, chr2.
  function describe(facts) {
    if (!facts.version || facts.problems.length) return "";
    const records = facts.whole ? facts.records : Number(facts.records.toPrecision(2));
    const places = named(facts.contigs.map(([name]) => name));
    return [
      `VCF ${facts.version}`,
      KINDS[facts.kind],
      facts.samples ? plural(facts.samples, "sample") : "no samples",
      (facts.whole ? "" : "about ") + plural(records, "record") + (places ? ` on ${places}${facts.whole ? "" : " and perhaps more"}` : ""),
    ].join(", ");
  }

  return { judge, judgeSize, describe, guess };
})();
