import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { ATTRIBUTE, numberOf, type SendCommand, secondsOf, textOf } from "../../server/src/btrfs/send-commands.ts";
import { SendDiff } from "../../server/src/btrfs/send-diff.ts";
import { SendStreamReader } from "../../server/src/btrfs/send-stream.ts";
import { inSandbox } from "./sandbox.ts";

const library = readFileSync(fileURLToPath(new URL("send-dump.sh", import.meta.url)), "utf8");
const SHORT: Readonly<Record<string, string>> = {
  ...{ "\x07": "\\a", "\b": "\\b", "\x1b": "\\e", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\v": "\\v" },
  ...{ " ": "\\ ", "\\": "\\\\" },
};
const escaped = (text: string) =>
  text.replace(/[^!-[\]-~]/g, (one) => SHORT[one] ?? `\\${one.charCodeAt(0).toString(8).padStart(3, "0")}`);

/** A command as `btrfs receive --dump` prints it, in latin1. */
function dumped(command: SendCommand, top: string): string {
  const a = ATTRIBUTE;
  const number = (attribute: number) => numberOf(command, attribute);
  const path = (attribute: number) => escaped(`./${top}/${textOf(command, attribute)}`);
  const uuid = (attribute: number) =>
    Buffer.from(textOf(command, attribute), "latin1")
      .toString("hex")
      .replace(/^(.{8})(....)(....)(....)(.{12})$/, "$1-$2-$3-$4-$5");
  const time = (attribute: number) =>
    new Date(secondsOf(command, attribute) * 1000).toISOString().replace(/\.000Z$/, "+0000");
  const of: Readonly<Record<string, () => string>> = {
    subvol: () => `uuid=${uuid(a.uuid)} transid=${number(a.ctransid)}`,
    snapshot: () =>
      `uuid=${uuid(a.uuid)} transid=${number(a.ctransid)} parent_uuid=${uuid(a.cloneUuid)} parent_transid=${number(a.cloneCtransid)}`,
    mknod: () => `mode=${number(a.mode).toString(8)} dev=0x${number(a.rdev).toString(16)}`,
    symlink: () => `dest=${escaped(textOf(command, a.pathLink))}`,
    rename: () => `dest=${path(a.pathTo)}`,
    link: () => `dest=${escaped(textOf(command, a.pathLink))}`,
    set_xattr: () =>
      `name=${textOf(command, a.xattrName)} data=${textOf(command, a.xattrData)} len=${textOf(command, a.xattrData).length}`,
    remove_xattr: () => `name=${textOf(command, a.xattrName)}`,
    write: () => `offset=${number(a.fileOffset)} len=${command.dataLength}`,
    update_extent: () => `offset=${number(a.fileOffset)} len=${number(a.size)}`,
    clone: () =>
      `offset=${number(a.fileOffset)} len=${number(a.cloneLength)} from=${path(a.clonePath)} clone_offset=${number(a.cloneOffset)}`,
    truncate: () => `size=${number(a.size)}`,
    chmod: () => `mode=${number(a.mode).toString(8)}`,
    chown: () => `gid=${number(a.gid)} uid=${number(a.uid)}`,
    utimes: () => `atime=${time(a.atime)} mtime=${time(a.mtime)} ctime=${time(a.ctime)}`,
    fallocate: () => `mode=${number(a.fallocateMode)} offset=${number(a.fileOffset)} len=${number(a.size)}`,
    fileattr: () => `fileattr=0x${number(a.fileattr)}`,
    encoded_write: () =>
      `offset=${number(a.fileOffset)} len=${command.dataLength}, unencoded_file_len=${number(a.unencodedFileLength)}, unencoded_len=${number(a.unencodedLength)}, unencoded_offset=${number(a.unencodedOffset)}, compression=${number(30)}, encryption=${command.attributes.has(31) ? number(31) : 0}`,
  };
  const begins = command.name === "subvol" || command.name === "snapshot";
  const head = `${command.name.padEnd(16)}${begins ? escaped(`./${top}`) : path(a.path)}`;
  const rest = of[command.name]?.();
  return rest === undefined ? `${head}\n` : `${head.padEnd(47)} ${rest}\n`;
}

/** What our reader makes of a stream, and the commands it met. */
function read(stream: Uint8Array): { text: string; names: string[] } {
  const reader = new SendStreamReader();
  const names: string[] = [];
  let top = "";
  let text = "";
  for (let at = 0; at < stream.length; at += 997)
    reader.push(stream.subarray(at, at + 997), (command) => {
      names.push(command.name);
      if (command.name === "subvol" || command.name === "snapshot") top = textOf(command, ATTRIBUTE.path);
      if (command.name !== "end") text += dumped(command, top);
    });
  reader.finish();
  return { text, names };
}

describe("our reader of send streams", () => {
  it("reads what `btrfs receive --dump` prints, byte for byte, whatever the stream holds", { timeout: 60_000 }, () => {
    const seen = inSandbox(
      `make_btrfs
      first_mount subvolid=5,compress=zstd top
      ${library}
      cd top; (make_base); (make_now); cd ..
      for kind in "1" "2" "1 --no-data" "2 --no-data" "2 --compressed-data"; do
        for what in "top/base" "-p top/base top/now"; do
          # shellcheck disable=SC2086
          btrfs -q send --proto $kind $what >stream
          fact "stream $kind $what" "$(base64 -w 0 stream)"
          fact "dump $kind $what" "$(btrfs receive --dump <stream | base64 -w 0)"
        done
      done`,
    );
    const met = new Set<string>();
    const streams = Object.keys(seen).filter((name) => name.startsWith("stream "));
    expect(streams).toHaveLength(10);
    for (const name of streams) {
      const stream = Buffer.from(seen[name] as string, "base64");
      const { text, names } = read(stream);
      const dump = Buffer.from(seen[name.replace("stream", "dump")] as string, "base64").toString("latin1");
      // Lines can be very long: the first that differs is shown, not all of them.
      const [ours, theirs] = [text.split("\n"), dump.split("\n")];
      expect(
        ours.find((line, index) => line !== theirs[index]),
        name,
      ).toBeUndefined();
      expect(text === dump, name).toBe(true);
      for (const one of names) met.add(one);
      if (name.includes("-p")) expect(changesOf(stream), name).toEqual(CHANGED);
    }
    const all = ["subvol", "snapshot", "mkfile", "mkdir", "mknod", "mkfifo", "symlink", "rename", "link", "unlink"];
    const more = [
      "rmdir",
      "set_xattr",
      "remove_xattr",
      "write",
      "clone",
      "truncate",
      "chmod",
      "chown",
      "utimes",
      "end",
    ];
    const newer = ["update_extent", "fallocate", "fileattr", "encoded_write"];
    expect([...all, ...more, ...newer].filter((name) => !met.has(name))).toEqual([]);
  });
});

function changesOf(stream: Uint8Array): string[] {
  const diff = new SendDiff();
  for (let at = 0; at < stream.length; at += 4096) diff.push(stream.subarray(at, at + 4096));
  return diff.changes().map(({ change, path, from, size }) => [change, path, from, size].join(" ").trim());
}
/** Of several names of one inode, the one that came is paired with the one that went. */
const CHANGED = [
  ...["added clone  200000", "modified compressible  7"],
  `renamed ${"d".repeat(240)}/renamed ${"d".repeat(240)}/${"d".repeat(240)}`,
  ...[
    "metadata device",
    "replaced dir/overwritten dir/winner",
    "renamed fourth third",
    "deleted gone",
    "replaced link",
  ],
  ...["renamed moved/sub dir/sub", "added pi\tpe", "deleted pipe", "modified random", "replaced replaced  5"],
  ...["added reserved  8192", "added sparse  1000000", "renamed swap1 swap2", "renamed swap2 swap1"],
];
