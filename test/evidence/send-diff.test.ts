import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import type { Change } from "../../server/src/btrfs/changes.ts";
import {
  compareManifests,
  MANIFEST_FORMAT,
  type ManifestEntry,
  ManifestReader,
} from "../../server/src/btrfs/manifest.ts";
import { SendDiff } from "../../server/src/btrfs/send-diff.ts";
import { inSandbox } from "./sandbox.ts";

const HISTORIES = 40;
const program = fileURLToPath(new URL("send-histories.py", import.meta.url));
const bytes = (text: string) => new Uint8Array(Buffer.from(text, "base64"));

function manifest(text: string): readonly ManifestEntry[] {
  const reader = new ManifestReader();
  const all = bytes(text);
  for (let at = 0; at < all.length; at += 1000) reader.push(all.subarray(at, at + 1000));
  reader.push(Buffer.from("\0"));
  return reader.finish();
}

function replayed(text: string): readonly Change[] {
  const diff = new SendDiff();
  const all = bytes(text);
  for (let at = 0; at < all.length; at += 777) diff.push(all.subarray(at, at + 777));
  return diff.changes();
}

const parentOf = (path: string) => path.slice(0, Math.max(0, path.lastIndexOf("/")));
const nameOf = (path: string) => path.slice(path.lastIndexOf("/") + 1);

/** What happened to each inode, from both trees alone. No history makes hard links, so an inode has one name. */
function bruteForce(base: readonly ManifestEntry[], now: readonly ManifestEntry[]): string[] {
  const inodeAt = (entries: readonly ManifestEntry[]) => new Map(entries.map((entry) => [entry.path, entry.inode]));
  const [inodesBefore, inodesNow] = [inodeAt(base), inodeAt(now)];
  const before = new Map(base.map((entry) => [entry.inode, entry]));
  const facts: string[] = [];
  for (const entry of now) {
    const old = before.get(entry.inode);
    before.delete(entry.inode);
    if (!old) facts.push(`new ${entry.path} ${entry.type === "file" ? entry.size : ""}`);
    else if (
      nameOf(old.path) !== nameOf(entry.path) ||
      inodesBefore.get(parentOf(old.path)) !== inodesNow.get(parentOf(entry.path))
    )
      facts.push(`moved ${old.path} to ${entry.path}`);
  }
  for (const entry of before.values()) if (!inodesNow.has(entry.path)) facts.push(`gone ${entry.path}`);
  return facts.sort();
}

function factsOf(rows: readonly Change[], now: readonly ManifestEntry[]): string[] {
  const paths = new Set(now.map((entry) => entry.path));
  const facts: string[] = [];
  for (const row of rows) {
    if (row.from !== undefined) facts.push(`moved ${row.from} to ${row.path}`);
    else if (row.change === "added" || row.change === "replaced") facts.push(`new ${row.path} ${row.size ?? ""}`);
    else if (row.change === "deleted" && !paths.has(row.path)) facts.push(`gone ${row.path}`);
  }
  return facts.sort();
}

/** Files of both trees with another size, mtime, mode or owner must have a row that says so, with the right size. */
function unseen(rows: readonly Change[], base: readonly ManifestEntry[], now: readonly ManifestEntry[]): string[] {
  const before = new Map(base.map((entry) => [entry.inode, entry]));
  const rowAt = new Map(rows.filter((row) => row.change !== "deleted").map((row) => [row.path, row]));
  return now.flatMap((entry) => {
    const old = before.get(entry.inode);
    const row = rowAt.get(entry.path);
    const file = entry.type === "file";
    if (file && row?.size !== undefined && row.size !== entry.size) return [`size of ${entry.path}: ${row.size}`];
    if (!old) return [];
    const said = row && [row.change, row.also];
    const written = file && (old.size !== entry.size || old.written !== entry.written);
    if (written && !said?.includes("modified")) return [`written: ${entry.path}`];
    const rights = old.mode !== entry.mode || old.uid !== entry.uid || old.gid !== entry.gid;
    return rights && !said?.some((word) => word === "modified" || word === "metadata") ? [`rights: ${entry.path}`] : [];
  });
}

describe("differences of random histories on btrfs", () => {
  for (const protocol of [1, 2]) {
    it(`are those of both trees, from send streams of version ${protocol} and from manifests`, {
      timeout: 60_000,
    }, () => {
      const seen = inSandbox(
        `make_btrfs
        first_mount subvolid=5 top
        walk() { (cd "$1" && find . -xdev -printf '${MANIFEST_FORMAT}' | base64 --wrap=0); }
        for seed in $(seq "$2" $(($2 + $3 - 1))); do
          python3 "$1" "$PWD/top" "$seed" > /dev/null
          fact "base $seed" "$(walk "top/base$seed")"
          fact "now $seed" "$(walk "top/snap$seed")"
          btrfs --quiet send --no-data --proto "$4" -p "top/base$seed" "top/snap$seed" > stream
          fact "stream $seed" "$(base64 --wrap=0 stream)"
        done`,
        ...[program, `${protocol * 1000}`, `${HISTORIES / 2}`, `${protocol}`],
      );
      let changes = 0;
      for (let seed = protocol * 1000; seed < protocol * 1000 + HISTORIES / 2; seed++) {
        const [base, now] = [manifest(seen[`base ${seed}`]!), manifest(seen[`now ${seed}`]!)];
        const expected = bruteForce(base, now);
        changes += expected.length;
        for (const rows of [replayed(seen[`stream ${seed}`]!), compareManifests(base, now)]) {
          expect(unseen(rows, base, now), `history ${seed}`).toEqual([]);
        }
        expect(factsOf(replayed(seen[`stream ${seed}`]!), now), `history ${seed}, send`).toEqual(expected);
      }
      expect(changes).toBeGreaterThan(100);
    });
  }
});
