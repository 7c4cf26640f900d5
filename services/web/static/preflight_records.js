// What the annotator asks of a record by itself; as read_records of services/annotator/vcf/records.py and ends.py.
"use strict";

self.gasRecords = (() => {
  const { Refused, printable } = gasPreflight;
  const FIXED = 8;
  const [CHROM, POS, REF, ALT, INFO, SAMPLES] = [0, 1, 3, 4, 7, 8];
  const MAX_CONTIG = 1_000;
  const MAX_POSITION = 2 ** 29 - 1;
  const BASES = /^[ACGTRYKMSWBDHVN]+$/i;
  const POSITION = /^\d{1,18}$/;
  const END = /(?:^|;)END=[ \t\n\r\f\v]*\+?0*(\d{1,18})/;
  const SVLEN = /(?:^|;)SVLEN=([^;]*)/;
  const SPANNING = /<(?:DEL|DUP|INV|CNV)[:>]/;
  const BLOCK = /<(?:\*|NON_REF)>/;

  function countTabs(line) {
    let count = 0;
    for (let at = line.indexOf("\t"); at >= 0; at = line.indexOf("\t", at + 1)) count += 1;
    return count;
  }

  // The eight fixed columns, and as a ninth all that follows.
  function fieldsOf(line) {
    const fields = [];
    let start = 0;
    while (fields.length < FIXED) {
      const end = line.indexOf("\t", start);
      if (end < 0) break;
      fields.push(line.slice(start, end));
      start = end + 1;
    }
    fields.push(line.slice(start));
    return fields;
  }

  function wrongWidth(line, columns, width, number) {
    if (line.startsWith("#")) return new Refused("A header line comes after the #CHROM line.", number);
    const hint = columns < width && line.includes(" ") ? "; tabs separate columns, not blanks" : "";
    const has = `${columns.toLocaleString("en")} column${columns === 1 ? "" : "s"}`;
    return new Refused(`The record has ${has} where the header names ${width}${hint}.`, number);
  }

  function checkedPosition(fields, number) {
    if (!fields[CHROM] || fields[CHROM].startsWith("#")) {
      throw new Refused("CHROM is empty or starts with #.", number, CHROM + 1);
    }
    if (fields[CHROM].length > MAX_CONTIG) {
      throw new Refused("CHROM is longer than 1,000 characters, which is more than is accepted.", number, CHROM + 1);
    }
    if (!POSITION.test(fields[POS])) {
      throw new Refused(`POS has to be a whole number, not '${printable(fields[POS])}'.`, number, POS + 1);
    }
    if (!BASES.test(fields[REF])) {
      const found = printable(fields[REF]);
      throw new Refused(`REF has to be bases (A, C, G, T, N), not '${found}'.`, number, REF + 1);
    }
    const position = Number(fields[POS]);
    if (position > MAX_POSITION) {
      const most = MAX_POSITION.toLocaleString("en");
      throw new Refused(`POS is beyond ${most}, the last position that the index of a result can hold.`, number, POS + 1);
    }
    return position;
  }

  function checkEnd(fields, position, number) {
    for (const [column, name, end] of endsOf(fields, position)) {
      if (end <= MAX_POSITION) continue;
      const most = `${MAX_POSITION.toLocaleString("en")}, the last position that the index of a result can hold`;
      throw new Refused(`By its ${name} the record ends beyond ${most}.`, number, column);
    }
  }

  // Column, name and value of all that says where a record ends.
  function endsOf(fields, position) {
    const ends = [[REF + 1, "REF", position + fields[REF].length - 1]];
    const info = fields[INFO];
    const end = info.includes("END=") && END.exec(info);
    if (end) ends.push([INFO + 1, "END", Number(end[1])]);
    const lengths = info.includes("SVLEN=") && SPANNING.test(fields[ALT]) && SVLEN.exec(info);
    if (lengths) ends.push([INFO + 1, "SVLEN", position + longest([lengths[1]])]);
    if (fields.length > SAMPLES && BLOCK.test(fields[ALT])) ends.push(...blockEnds(fields[SAMPLES], position));
    return ends;
  }

  function blockEnds(text, position) {
    const [form, ...samples] = text.split("\t");
    const place = form.split(":").indexOf("LEN");
    if (place < 0) return [];
    const lengths = samples.map((sample) => longest(sample.split(":").slice(place, place + 1)));
    return lengths.map((length, index) => [SAMPLES + 2 + index, "LEN", position + length - 1]);
  }

  function longest(texts) {
    return Math.max(0, ...texts.flatMap((text) => text.match(/\d{1,18}/g) || []).map(Number));
  }

  // CHROM and POS of a sound record with so many columns.
  function check(line, width, number) {
    const columns = countTabs(line) + 1;
    if (columns !== width) throw wrongWidth(line, columns, width, number);
    const fields = fieldsOf(line);
    const position = checkedPosition(fields, number);
    checkEnd(fields, position, number);
    return { contig: fields[CHROM], position };
  }

  return { check, countTabs };
})();
