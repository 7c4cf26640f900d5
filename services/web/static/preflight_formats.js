// What a file is, told by its first bytes and never by its name; as services/annotator/vcf/formats.py.
"use strict";

self.gasFormats = (() => {
  const TO_VCF = "convert it with `bcftools view -Ov` and upload the result";
  const UTF_16 = "This text is UTF-16: save it as plain text (UTF-8 without a byte-order mark).";
  // First bytes of what people upload instead of a VCF, and what they should do about it.
  const FOREIGN = [
    ["BCF", `This is a BCF file, not a VCF: ${TO_VCF}.`],
    ["BAM\x01", "This is a BAM file of aligned reads, not a VCF: call variants first."],
    ["CRAM", "This is a CRAM file of aligned reads, not a VCF: call variants first."],
    ["@HD\t", "This is a SAM file of aligned reads, not a VCF: call variants first."],
    ["TBI\x01", "This is a tabix index (.tbi), not the VCF that it belongs to."],
    ["CSI\x01", "This is a CSI index (.csi), not the VCF that it belongs to."],
    ["PK\x03\x04", "This is a ZIP archive or an Excel workbook: unpack it and upload the VCF itself."],
    ["BZh", "This is a bzip2 file: compress the VCF with bgzip or gzip instead."],
    ["\xfd7zXZ", "This is an xz file: compress the VCF with bgzip or gzip instead."],
    ["\x28\xb5\x2f\xfd", "This is a Zstandard file: compress the VCF with bgzip or gzip instead."],
    ["7z\xbc\xaf", "This is a 7-Zip archive: unpack it and upload the VCF itself."],
    ["\x1f\x8b", "This file is compressed twice: decompress it once and upload the result."],
    ["%PDF", "This is a PDF document, not a VCF."],
    ["\xff\xfe", UTF_16],
    ["\xfe\xff", UTF_16],
    ["\xef\xbb\xbf", "This text starts with a byte-order mark: save it as UTF-8 without one."],
    ["##gff-version", "This is a GFF file of gene models, not a VCF."],
    [">", "This is a FASTA file of sequences, not a VCF."],
    ["{", "This is a JSON document, not a VCF."],
    ["#CHROM", "The ##fileformat line is missing: a VCF starts with, for instance, ##fileformat=VCFv4.2."],
  ];
  const MARKUP = /^[ \t\n\r\f\v]*(?:<!doctype|<html|<\?xml)/i;
  const TAR = [257, "ustar"];

  // What the first bytes of decompressed data say instead of VCF, as a sentence; null if nothing.
  function foreign(bytes) {
    const head = Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
    const found = FOREIGN.find(([magic]) => head.startsWith(magic));
    if (found) return found[1];
    if (MARKUP.test(head)) return "This is a web page or an XML document, not a VCF; it may be a login page.";
    return head.startsWith(TAR[1], TAR[0]) ? "This is a tar archive: unpack it and upload the VCF itself." : null;
  }

  return { foreign };
})();
