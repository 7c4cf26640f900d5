// What the annotator asks of a VCF, said in the browser: tests hold these rules against the annotator's own.
//
// Lines are texts with one character for each byte (decoded as windows-1252), so that lengths and the letters
// that mean something are those of the file. Nothing here reads a file; preflight_worker.js does.
"use strict";

self.gasPreflight = (() => {
  const VERSIONS = ["4.1", "4.2", "4.3", "4.4", "4.5"];
  const COLUMNS = ["#CHROM", "POS", "ID", "REF", "ALT", "QUAL", "FILTER", "INFO"];
  const [CHROM, POS] = [0, 1];
  const MAX_HEADER = 32_000_000;
  const MAX_LINE = 8_000_000;
  const MAX_SHOWN = 60;
  const MAX_PROBLEMS = 10;
  const MAX_REMARKS = 5;

  const BLANKS_AT_END = /[ \t\n\r\f\v]+$/;
  const FILEFORMAT = /^##fileformat=VCFv(\d+\.\d+)[ \t\n\r\f\v]*$/;
  const META = /^##[^=<>]+=/;
  const STRUCTURED = /^##(INFO|FORMAT|FILTER|ALT|contig)=/;
  const STRUCTURE = /^##\w+=<(?:[^,<>]+,)*?ID=[^,<>]+/;
  const CONTIG_ID = /^##contig=<(?:[^,<>]+,)*?ID=([^,>]+)/;
  const CONTIG_LENGTH = /[<,]length=(\d{1,18})[,>]/;
  const QUOTED = /(?<==)"[^"\\]*(?:\\[^][^"\\]*)*"?/g;

  // The file can never be annotated: one sentence, and the place where it is known.
  class Refused extends Error {
    constructor(sentence, line = null, column = null) {
      super(sentence);
      Object.assign(this, { line, column });
    }
  }

  const DECODER = new TextDecoder("windows-1252");
  const BYTES = new Map(Array.from(DECODER.decode(Uint8Array.from({ length: 256 }, (_, byte) => byte)), (c, i) => [c, i]));

  function decode(bytes) {
    return DECODER.decode(bytes);
  }

  // Made fit for a page: as UTF-8, with what does not print replaced, and short.
  function printable(text) {
    const bytes = Uint8Array.from(text.slice(0, 4 * MAX_SHOWN), (character) => BYTES.get(character));
    const shown = Array.from(new TextDecoder().decode(bytes).replace(/[\p{C}\p{Zl}\p{Zp}]|(?! )\p{Zs}/gu, "\ufffd"));
    return shown.length <= MAX_SHOWN ? shown.join("") : `${shown.slice(0, MAX_SHOWN - 3).join("")}...`;
  }

  function versionOf(line) {
    if (line.includes("\r")) {
      throw new Refused("The lines end in CR alone, as on old Macs: save the file with LF line ends.");
    }
    const match = FILEFORMAT.exec(line);
    if (!match) {
      const wanted = "This is not a VCF: the first line has to be ##fileformat=VCFv4.1 to VCFv4.5";
      throw new Refused(`${wanted}, not '${printable(line)}'.`, 1);
    }
    if (!VERSIONS.includes(match[1])) {
      throw new Refused(`VCF version ${printable(match[1])} is not supported, only 4.1 to 4.5.`, 1);
    }
    return match[1];
  }

  function checkMeta(line, number) {
    if (!META.test(line)) throw new Refused("A header line has to be ##key=value.", number);
    const key = STRUCTURED.exec(line);
    if (!key) return;
    if (line.replace(BLANKS_AT_END, "").endsWith(">") && STRUCTURE.test(line.replace(QUOTED, '""'))) return;
    throw new Refused(`A ##${key[1]} line has to be ##${key[1]}=<ID=...>, closed by a bracket.`, number);
  }

  // The names of the samples.
  function checkColumns(line, number) {
    if (!line.startsWith("#CHROM")) {
      throw new Refused("The #CHROM line, which names the columns, is missing before this.", number);
    }
    const columns = line.split("\t");
    [...COLUMNS, "FORMAT"].forEach((wanted, place) => {
      if (place >= columns.length || columns[place] === wanted) return;
      const found = printable(columns[place]);
      throw new Refused(`This column has to be ${wanted}, not '${found}'; tabs separate columns.`, number, place + 1);
    });
    if (columns.length < COLUMNS.length) {
      const missing = COLUMNS[columns.length];
      throw new Refused(`The #CHROM line lacks the column ${missing}; tabs separate columns.`, number);
    }
    const samples = columns.slice(COLUMNS.length + 1);
    checkSamples(samples, number);
    return samples;
  }

  function checkSamples(names, number) {
    const seen = new Set();
    names.forEach((name, index) => {
      const column = COLUMNS.length + 2 + index;
      if (!name.replace(BLANKS_AT_END, "")) throw new Refused("A sample has no name.", number, column);
      if (seen.has(name)) throw new Refused(`The sample name '${printable(name)}' occurs twice.`, number, column);
      seen.add(name);
    });
  }

  // Takes the lines of a file one by one, without their line feeds, and tells what is in them.
  function reader() {
    const facts = { version: "", samples: [], declared: new Map(), contigs: new Map(), records: 0, crlf: false, remarks: [], remarked: 0 };
    // What is wrong with the header: all of it is told, the first of it decides.
    const problems = [];
    let [number, empty, width, headerSize] = [0, 0, 0, 0];
    let last = { contig: "", position: 0 };
    let rules = null;

    function take(given) {
      number += 1;
      if (given.length > MAX_LINE) {
        throw new Refused("The line is longer than 8,000,000 characters, which is more than is accepted.", number);
      }
      const line = given.endsWith("\r") ? given.replace(/\r+$/, "") : given;
      facts.crlf = facts.crlf || line.length < given.length;
      if (!line) {
        empty = empty || number;
        return;
      }
      if (empty) throw new Refused("The line is empty.", empty);
      const zero = line.indexOf("\0");
      if (zero >= 0) {
        const sentence = "The line has a zero byte, which no text has: the file is damaged or is not a VCF.";
        throw new Refused(sentence, number, gasRecords.countTabs(line.slice(0, zero)) + 1);
      }
      if (width) takeRecord(line);
      else takeHeader(line);
    }

    function takeHeader(line) {
      if (!facts.version) {
        facts.version = versionOf(line);
        rules = gasHeader.rules(facts.version);
        return;
      }
      headerSize += line.length;
      if (headerSize > MAX_HEADER) {
        throw new Refused("The header is longer than 32,000,000 characters, which is more than is accepted.", number);
      }
      if (line.startsWith("##")) takeMeta(line);
      else endHeader(line);
    }

    function takeMeta(line) {
      try {
        checkMeta(line, number);
        remark(rules(line, number));
      } catch (problem) {
        problems.push(problem);
        if (problems.length === MAX_PROBLEMS) throw problem;
      }
      const plain = line.startsWith("##contig=") ? line.replace(QUOTED, '""') : "";
      const name = CONTIG_ID.exec(plain);
      if (!name) return;
      const length = CONTIG_LENGTH.exec(plain);
      facts.declared.set(name[1], length ? Number(length[1]) : null);
    }

    // Breaks the specification, but does not stand in the way; the first few are told, all are counted.
    function remark(sentences, column = null) {
      facts.remarked += sentences.length;
      const told = sentences.slice(0, MAX_REMARKS - facts.remarks.length);
      facts.remarks.push(...told.map((sentence) => ({ sentence, line: number, column })));
    }

    function endHeader(line) {
      facts.samples = checkColumns(line, number);
      width = gasRecords.countTabs(line) + 1;
      if (width === COLUMNS.length + 1) remark(["The #CHROM line has a FORMAT column but names no sample."], width);
      if (problems.length) throw problems[0];
    }

    function takeRecord(line) {
      const { contig, position } = gasRecords.check(line, width, number);
      checkOrder(contig, position);
      facts.records += 1;
    }

    function checkOrder(contig, position) {
      const sort = "sort the file, for instance with `bcftools sort`";
      const shown = () => printable(contig);
      if (contig !== last.contig && facts.contigs.has(contig)) {
        throw new Refused(`The records of ${shown()} are not in one block: ${sort}.`, number, CHROM + 1);
      }
      if (contig === last.contig && position < last.position) {
        const sentence = `Position ${position} comes after ${last.position} on ${shown()}: ${sort}.`;
        throw new Refused(sentence, number, POS + 1);
      }
      facts.contigs.set(contig, (facts.contigs.get(contig) || 0) + 1);
      last = { contig, position };
    }

    // The file ends here.
    function end() {
      if (!facts.version) versionOf("");
      if (width) return;
      throw new Refused("The file ends without a #CHROM line, which names the columns.", number);
    }

    return { facts, problems, take, end, get number() { return number; }, get inRecords() { return width > 0; } };
  }

  return { Refused, MAX_LINE, decode, printable, reader };
})();
