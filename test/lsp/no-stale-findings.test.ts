import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Diagnostic } from "vscode-languageserver/node";
import { TextDocument } from "vscode-languageserver-textdocument";
import { folderWith } from "../cli/run-cli.ts";
import { pushing, ServerClient, uriOf } from "./server-client.ts";

/** Files of the example that get edited: the flake, the host, its disk layout, a module. */
const EDITED = [
  "flake.nix",
  "hosts/servers/hetzner-vps/default.nix",
  "hosts/servers/hetzner-vps/disko.nix",
  "hosts/servers/hetzner-vps/hardware.nix",
  "modules/shared/filesystems/server-btrfs.nix",
  "modules/shared/filesystems/server-impermanence.nix",
  "modules/shared/filesystems/server-snapshots.nix",
] as const;

/** What a person's hands do: letters, lines taken out, pieces of code, undo. */
const PIECES = [
  ...["", "", " ", ";", '"', "''", "{", "}", "[ ]", "\n", "\r\n", "# 💾 ", "/* ", "*/", "${", "x", "= 1;"],
  ...["lib.mkForce ", "lib.mkIf false ", "neededForBoot = true;", '"nodatacow"', "imports = [ ./nothing.nix ];"],
];

interface Step {
  readonly file: number;
  readonly from: number;
  readonly length: number;
  readonly piece: string;
  readonly undo: boolean;
}

const steps = fc.array(
  fc.record({
    file: fc.nat(EDITED.length - 1),
    from: fc.nat(100_000),
    length: fc.oneof({ weight: 3, arbitrary: fc.nat(3) }, { weight: 1, arbitrary: fc.nat(200) }),
    piece: fc.constantFrom(...PIECES),
    undo: fc.boolean(),
  }),
  { minLength: 20, maxLength: 20 },
);

describe("after any edits", () => {
  it("the server shows what a fresh one finds: 200 edits", { timeout: 120_000 }, async () => {
    const rounds = fc.sample(steps, { numRuns: 10, seed: 20_261_121 });
    const source = resolve("examples/hetzner-vps");
    const folder = folderWith(
      Object.fromEntries(EDITED.map((path) => [path, readFileSync(join(source, path), "utf8")])),
    );
    const files = EDITED.map((path) => join(folder, path));
    const original = files.map((file) => readFileSync(file, "utf8"));
    const documents = files.map((file, at) => TextDocument.create(uriOf(file), "nix", 1, original[at] as string));
    const edited = await ServerClient.start([folder], pushing);
    for (const document of documents) await edited.open(fileOf(document), document.getText(), document.version);
    let version = 1;
    for (const round of rounds) {
      for (const step of round) {
        const at = step.file;
        const document = documents[at] as TextDocument;
        const change = step.undo ? { text: original[at] as string } : changeOf(document, step);
        documents[at] = TextDocument.update(document, [change], ++version);
        await edited.change(fileOf(document), version, [change]);
      }
      await settled(edited, documents);
      const fresh = await ServerClient.start([folder], pushing);
      for (const document of documents) await fresh.open(fileOf(document), document.getText(), document.version);
      await settled(fresh, documents);
      expect(shown(edited)).toEqual(shown(fresh));
      await fresh.stop();
    }
    await edited.stop();
  });
});

function fileOf(document: TextDocument): string {
  return decodeURIComponent(new URL(document.uri).pathname);
}

function changeOf(document: TextDocument, { from, length, piece }: Step) {
  const size = document.getText().length;
  const start = size === 0 ? 0 : from % size;
  const range = { start: document.positionAt(start), end: document.positionAt(Math.min(size, start + length)) };
  return { range, text: piece };
}

/** Every open document was answered for in its present version, and nothing else comes. */
async function settled(client: ServerClient, documents: readonly TextDocument[]): Promise<void> {
  await client.until(() => documents.every(({ uri, version }) => client.published.get(uri)?.version === version));
  // An answer comes after everything that was sent before it.
  await client.request("impermanence/hosts", null);
}

function shown(client: ServerClient): Record<string, readonly Diagnostic[]> {
  const all = [...client.published.values()].filter(({ diagnostics }) => diagnostics.length > 0);
  return Object.fromEntries(all.map(({ uri, diagnostics }) => [uri, diagnostics]).sort());
}
