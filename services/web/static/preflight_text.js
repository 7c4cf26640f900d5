// The text inside a file, in pieces, whatever it is compressed with; it is read slice by slice.
//
// texts(file) gives {text, read}: bytes of text, and how much of the file they took so far.
"use strict";

self.gasText = (() => {
  const SLICE = 1 << 18;
  const EARLY = "the compressed data end early; the upload or the copy was cut off";
  const CORRUPT = "the compressed data are corrupt, or followed by something else";
  // The empty block at the end of every complete BGZF file (SAM specification, 4.1.2).
  const BGZF_END = [
    0x1f, 0x8b, 8, 4, 0, 0, 0, 0, 0, 0xff, 6, 0, 0x42, 0x43, 2, 0, 0x1b, 0, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0,
  ];
  // What the extra field of a block's header takes, and the size of the smallest gzip member.
  const BLOCK_HEADER = 18;
  const MEMBER_END = 8;

  class Damaged extends Error {}

  async function bytesOf(file, start, end) {
    return new Uint8Array(await file.slice(start, end).arrayBuffer());
  }

  // "", "gzip", or "bgzip" for gzip in blocks.
  function compression(head) {
    if (head[0] !== 0x1f || head[1] !== 0x8b) return "";
    return blockSize(head, 0) ? "bgzip" : "gzip";
  }

  // Of the BGZF block that starts here; 0 if none does.
  function blockSize(bytes, at) {
    const marks = [0x1f, 0x8b, 8, 4];
    if (!marks.every((mark, index) => bytes[at + index] === mark)) return 0;
    if (bytes[at + 12] !== 0x42 || bytes[at + 13] !== 0x43) return 0;
    return bytes[at + 16] + (bytes[at + 17] << 8) + 1;
  }

  async function hasEndBlock(file) {
    const end = await bytesOf(file, Math.max(0, file.size - BGZF_END.length), file.size);
    return end.length === BGZF_END.length && end.every((byte, index) => byte === BGZF_END[index]);
  }

  async function* plain(file) {
    for (let at = 0; at < file.size; at += SLICE) {
      const text = await bytesOf(file, at, at + SLICE);
      yield { text, read: at + text.length };
    }
  }

  async function inflateBlock(block) {
    const stream = new Blob([block]).stream().pipeThrough(new DecompressionStream("gzip"));
    return new Uint8Array(await new Response(stream).arrayBuffer().catch(() => {
      throw new Damaged(CORRUPT);
    }));
  }

  async function* blocks(file) {
    for (let at = 0; at < file.size;) {
      const bytes = await bytesOf(file, at, at + SLICE);
      let start = 0;
      while (start + BLOCK_HEADER <= bytes.length) {
        const size = blockSize(bytes, start);
        if (!size) {
          yield* members(file, at + start);
          return;
        }
        if (start + size > bytes.length) break;
        const text = await inflateBlock(bytes.subarray(start, start + size));
        start += size;
        if (text.length) yield { text, read: at + start };
      }
      if (!start) throw new Damaged(EARLY);
      at += start;
    }
  }

  // One gzip member; what it expands to is taken away with `drain`.
  function opened() {
    const stream = new DecompressionStream("gzip");
    const writer = stream.writable.getWriter();
    const source = stream.readable.getReader();
    let texts = [];
    const pump = (async () => {
      for (let next = await source.read(); !next.done; next = await source.read()) texts.push(next.value);
    })().catch(() => {});
    writer.closed.catch(() => {});
    return {
      write: (bytes) => writer.write(bytes),
      drain() {
        const taken = texts;
        texts = [];
        return taken;
      },
      // What was written has been expanded and is there to be drained.
      settle: () => new Promise((resolve) => { setTimeout(resolve); }),
      async close() {
        await writer.close();
        await pump;
      },
      stop: () => writer.abort().catch(() => {}),
    };
  }

  // Where the next member may start: gzip, deflate, none of the reserved flags.
  function nextStart(bytes, from) {
    for (let at = bytes.indexOf(0x1f, from); at >= 0; at = bytes.indexOf(0x1f, at + 1)) {
      if (bytes[at + 1] === 0x8b && bytes[at + 2] === 8 && bytes[at + 3] < 32) return at;
    }
    return bytes.length;
  }

  function withoutZeros(bytes) {
    let end = bytes.length;
    while (end && !bytes[end - 1]) end -= 1;
    return end;
  }

  // Tells where a member ends by what comes after it: the stream takes nothing more. So the bytes are given
  // up to where another member may start, and if the next ones are refused, it does start there.
  async function* members(file, from) {
    let member = opened();
    try {
      for (let at = from; at < file.size; at += SLICE) {
        const bytes = await bytesOf(file, at, at + SLICE);
        const isLast = at + SLICE >= file.size;
        const content = isLast ? withoutZeros(bytes) : bytes.length;
        for (let start = 0; start < content;) {
          const end = Math.min(nextStart(bytes, start + 1), content);
          const isStart = (at > from || start > 0) && nextStart(bytes, start) === start;
          if (isStart) member = await writeOrBegin(member, bytes.subarray(start, end));
          else await member.write(bytes.subarray(start, end)).catch(() => { throw new Damaged(CORRUPT); });
          await member.settle();
          for (const text of member.drain()) yield { text, read: at + end };
          start = end;
        }
        if (isLast) await endWithZeros(member, bytes.length - content);
      }
      for (const text of member.drain()) yield { text, read: file.size };
    } finally {
      await member.stop();
    }
  }

  async function writeOrBegin(member, bytes) {
    try {
      await member.write(bytes);
      return member;
    } catch {
      const next = opened();
      await next.write(bytes).catch(() => { throw new Damaged(CORRUPT); });
      return next;
    }
  }

  // Zeros may be the end of the member, or padding after it, which is allowed.
  async function endWithZeros(member, zeros) {
    for (let count = 0; count < Math.min(zeros, MEMBER_END + 1); count += 1) {
      try {
        await member.write(new Uint8Array(1));
      } catch {
        return;
      }
    }
    await member.close().catch(() => { throw new Damaged(EARLY); });
  }

  function texts(file, kind) {
    if (kind === "bgzip") return blocks(file);
    return kind ? members(file, 0) : plain(file);
  }

  return { Damaged, bytesOf, compression, hasEndBlock, texts };
})();
