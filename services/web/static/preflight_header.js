// What in a header breaks the specification but does not stand in the way of annotation; as the annotator's
// services/annotator/vcf/rules/header_rules.py, without the table of reserved keys.
"use strict";

self.gasHeader = (() => {
  const { printable } = gasPreflight;
  const REQUIRED = { INFO: ["ID", "Number", "Type", "Description"] };
  REQUIRED.FORMAT = REQUIRED.INFO;
  const DESCRIBED = new Set(["INFO", "FORMAT", "FILTER", "ALT"]);
  const TYPED = new Set([...DESCRIBED, "META"]);
  const STRUCTURED = new Set([...TYPED, "contig", "SAMPLE", "PEDIGREE"]);

  const KEY = /^##([^=<>]+)=/;
  const BLANKS_AT_END = /[ \t\n\r\f\v]+$/;
  const BLANKS_AT_START = /^[ \t\n\r\f\v]+/;
  const FIELD = /([^=,"]*)=("(?:[^"\\]|\\[^])*"|\[[^\]]*\]|(?!")[^,]*)(?:,|$)/y;
  const OPEN_QUOTE = /^[^=,"]*="(?:[^"\\]|\\[^])*$/;
  const CLOSED_QUOTE = /^[^=,"]*="/;

  const COUNT = /^\d{1,9}$/;
  const TYPES = new Set(["Integer", "Float", "Flag", "Character", "String"]);
  const STRUCTURAL = new Set(["DEL", "INS", "DUP", "INV", "CNV"]);
  const NAMES = {
    contig: /^[0-9A-Za-z!#$%&+./:;?@^_|~-][0-9A-Za-z!#$%&*+./:;=?@^_|~-]*$/,
    ALT: /^[^ \t\n\r\f\v,<>]+$/,
    FILTER: /^(?!0$)[^ \t\n\r\f\v;,]+$/,
    INFO: /^(?:[A-Za-z_][0-9A-Za-z_.]*|1000G)$/,
    FORMAT: /^[A-Za-z_](?:[0-9A-Za-z_.]|%[0-9A-F]{2})*$/,
  };
  const OLD_NAMES = { ...NAMES, INFO: /^[^ \t\n\r\f\v;=,]+$/, FORMAT: /^(?:[0-9A-Za-z_.]|%[0-9A-F]{2})+$/ };

  function taken(line) {
    const [start, key] = KEY.exec(line);
    const value = line.slice(start.length).replace(BLANKS_AT_END, "");
    const structured = key !== "pedigreeDB" && value.startsWith("<") && value.endsWith(">");
    return { key, value, ...(structured ? fieldsOf(value.slice(1, -1)) : { fields: null, fault: "" }) };
  }

  function fieldsOf(body) {
    const fields = new Map();
    for (let place = 0; place < body.length; place = FIELD.lastIndex) {
      FIELD.lastIndex = place;
      const field = FIELD.exec(body);
      if (!field) return { fields, fault: faultOf(body.slice(place)) };
      const name = field[1].replace(BLANKS_AT_START, "");
      if (!fields.has(name)) fields.set(name, field[2]);
    }
    return { fields, fault: "" };
  }

  function faultOf(rest) {
    if (OPEN_QUOTE.test(rest)) return "has a quote that is not closed";
    if (CLOSED_QUOTE.test(rest)) return "has text after a closing quote; a quote inside quotes needs a backslash before it";
    return "has a field that is not key=value";
  }

  function named({ key, fields }) {
    return `##${printable(key)}${fields.has("ID") ? `=<ID=${printable(fields.get("ID"))}>` : ""}`;
  }

  function isNumber(text, key, version) {
    if (COUNT.test(text) || [".", "A", "G"].includes(text)) return true;
    if (text === "R") return version >= "4.2";
    if (key !== "FORMAT") return false;
    return (text === "P" && version >= "4.4") || (["LA", "LR", "LG", "M"].includes(text) && version >= "4.5");
  }

  function unstructured({ key, value, fields }, number) {
    if (!value || (value === "<>" && key === "pedigreeDB")) return [`##${printable(key)} has no value.`];
    if (STRUCTURED.has(key) && value.startsWith("<") && !fields) {
      return [`##${printable(key)} has a bracket that is not closed.`];
    }
    return key === "fileformat" && number > 1 ? ["There is a second ##fileformat line; the first one counts."] : [];
  }

  function required(line, version) {
    const wanted = REQUIRED[line.key] || (version >= "4.3" ? ["ID"] : []);
    return line.fault ? [] : wanted.filter((field) => !line.fields.has(field)).map((field) => `${named(line)} has no ${field}.`);
  }

  function structure(line) {
    if (line.fault) return [`${named(line)} ${line.fault}.`];
    return line.fields.size ? [] : [`##${printable(line.key)} has no value.`];
  }

  function numberAndType(line, version) {
    const { key, fields } = line;
    const [count, type, said] = [fields.get("Number"), fields.get("Type"), []];
    if (count !== undefined && !isNumber(count, key, version)) {
      said.push(`${named(line)}: Number=${printable(count)} does not exist in VCF ${version}.`);
    }
    if (type !== undefined && !(TYPES.has(type) && !(key === "FORMAT" && type === "Flag"))) {
      said.push(`${named(line)}: Type=${printable(type)} does not exist.`);
    }
    if (key === "INFO" && type === "Flag" && count !== undefined && count !== "0" && version >= "4.3") {
      said.push(`${named(line)} is a Flag, so its Number has to be 0.`);
    }
    return said;
  }

  function quoting(line) {
    const begins = (field, mark) => !line.fields.has(field) || line.fields.get(field).startsWith(mark);
    const said = [];
    if (DESCRIBED.has(line.key) && !begins("Description", '"')) {
      said.push(`${named(line)}: the Description has to be in double quotes.`);
    }
    if (line.key === "META" && !begins("Values", "[")) said.push(`${named(line)}: the Values have to be in square brackets.`);
    return said;
  }

  // Of the ID: what it is made of, and that it comes once.
  function name(line, version, seen) {
    const { key, fields } = line;
    const id = fields.get("ID");
    if (id === undefined) return [];
    const said = [];
    const rule = (version >= "4.3" ? NAMES : OLD_NAMES)[key];
    if (rule && !rule.test(id)) said.push(`${named(line)}: such a name is not allowed.`);
    const [kind, subtype] = key === "ALT" ? id.split(":", 2) : [];
    if (subtype !== undefined && !STRUCTURAL.has(kind) && !(kind === "BND" && version === "4.3")) {
      said.push(`${named(line)}: ${printable(kind)} is no type of structural variant.`);
    }
    if (seen.has(`${key}\n${id}`) && (version >= "4.3" || key in REQUIRED)) {
      said.push(`${named(line)} was declared before; the first declaration counts.`);
    }
    seen.add(`${key}\n${id}`);
    return said;
  }

  // Takes the meta lines of a file of this version one by one, and says what is amiss with each, as sentences.
  function rules(version) {
    const seen = new Set();
    return (text, number) => {
      const line = taken(text);
      if (!line.fields || !STRUCTURED.has(line.key)) return unstructured(line, number);
      const said = [...structure(line), ...required(line, version), ...name(line, version, seen)];
      return TYPED.has(line.key) ? [...said, ...numberAndType(line, version), ...quoting(line)] : said;
    };
  }

  return { rules };
})();
