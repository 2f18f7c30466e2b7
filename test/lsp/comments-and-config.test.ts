import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import type { ClientCapabilities, CodeAction, CodeLens, Hover, TextEdit } from "vscode-languageserver/node";
import { TextDocument } from "vscode-languageserver-textdocument";
import { folderWith, LATE_STORE } from "../cli/run-cli.ts";
import { codes, pulling, pushing, ServerClient, uriOf } from "./server-client.ts";

let client: ServerClient | undefined;
afterEach(async () => {
  if (client && client.child.exitCode === null) await client.stop();
  client = undefined;
});

async function start(folder: string, capabilities: ClientCapabilities): Promise<ServerClient> {
  client = await ServerClient.start([folder], capabilities, {});
  return client;
}

describe("comments that allow findings", () => {
  it("are written by a quick fix, and make the finding go; only then the fix on save leaves it", async () => {
    const file = join(folderWith({ "host.nix": LATE_STORE }), "host.nix");
    const server = await start(join(file, ".."), pulling);
    await server.open(file, LATE_STORE, 1);
    const [finding] = await server.pulled(file);
    const actions = async (only?: string[]) => {
      const context = { diagnostics: [], ...(only ? { only } : {}) };
      const params = { textDocument: { uri: uriOf(file) }, range: finding?.range, context };
      return ((await server.request("textDocument/codeAction", params)) ?? []) as CodeAction[];
    };
    const allow = (await actions(["quickfix"])).at(-1);
    expect(allow?.title).toBe("Allow `store-not-needed-for-boot` here (add a reason)");
    expect(allow?.isPreferred).toBeUndefined();
    expect(await actions(["source.fixAll"])).toHaveLength(1);
    const [change] = allow?.edit?.documentChanges ?? [];
    const edits = change && "edits" in change ? (change.edits as TextEdit[]) : [];
    const allowed = TextDocument.applyEdits(TextDocument.create("x:", "nix", 0, LATE_STORE), edits);
    expect(allowed).toContain(
      "  # impermanence: allow store-not-needed-for-boot — add a reason\n  environment.persistence",
    );
    await server.change(file, 2, [{ text: allowed }]);
    expect(await server.pulled(file)).toEqual([]);
    expect(await actions(["source.fixAll"])).toEqual([]);
  });

  it("that allow nothing are removed by a quick fix, not on save", async () => {
    const text = LATE_STORE.replace("{\n", "{\n  # impermanence: allow IMP701 — once\n").replace(
      'fsType = "ext4"; };\n  environment',
      'fsType = "ext4"; neededForBoot = true; };\n  environment',
    );
    const file = join(folderWith({ "host.nix": text }), "host.nix");
    const server = await start(join(file, ".."), pulling);
    await server.open(file, text, 1);
    const [finding, ...others] = await server.pulled(file);
    expect(finding?.code).toBe("IMP020");
    expect(others).toEqual([]);
    const ask = (only: string[]) =>
      server.request("textDocument/codeAction", {
        textDocument: { uri: uriOf(file) },
        range: finding?.range,
        context: { diagnostics: [], only },
      });
    expect(await ask(["source.fixAll"])).toEqual([]);
    expect(await ask(["quickfix"])).toMatchObject([{ title: "Remove this comment (look at the result)" }]);
  });
});

describe("impermanence.json", () => {
  it.each([
    ["pushing", pushing],
    ["pulling", pulling],
  ])("changes findings while it is edited, %s", async (kind, capabilities) => {
    const folder = folderWith({ "host.nix": LATE_STORE, "impermanence.json": "{}" });
    const [file, config] = [join(folder, "host.nix"), join(folder, "impermanence.json")];
    const server = await start(folder, capabilities);
    const found = async (of: string, wanted: readonly string[]) => {
      if (kind === "pulling") return server.pulled(of);
      return server.until(() => {
        const sent = server.published.get(uriOf(of))?.diagnostics ?? [];
        return codes(sent).join() === wanted.join() && sent;
      });
    };
    const expectCodes = async (of: string, wanted: readonly string[]) =>
      expect(codes(await found(of, wanted))).toEqual(wanted);
    await server.open(file, LATE_STORE, 1);
    await expectCodes(file, ["IMP301"]);
    await server.open(config, "{}", 1);
    await server.change(config, 2, [{ text: '{ "rules": { "IMP301": "off" } }' }]);
    await expectCodes(file, []);
    await server.change(config, 3, [{ text: '{ "rulse": {} }' }]);
    await expectCodes(file, ["IMP301"]);
    const [mistake] = await found(config, ["IMP003"]);
    expect(mistake).toMatchObject({ code: "IMP003", range: { start: { line: 0, character: 2 } } });
  });

  it("counts anew when it changes on disk", async () => {
    const folder = folderWith({ "host.nix": LATE_STORE });
    const [file, config] = [join(folder, "host.nix"), join(folder, "impermanence.jsonc")];
    const server = await start(folder, pulling);
    await server.open(file, LATE_STORE, 1);
    expect(codes(await server.pulled(file))).toEqual(["IMP301"]);
    writeFileSync(config, '{ "rules": { "store-not-needed-for-boot": "off" } }');
    await server.watched([config, 1]);
    expect(codes(await server.pulled(file))).toEqual([]);
  });
});

it("lenses and hovers on time are there", async () => {
  const text = LATE_STORE.replace("{\n", '{\n  nix.gc.dates = "daily";\n');
  const file = join(folderWith({ "host.nix": text }), "host.nix");
  const server = await start(join(file, ".."), pulling);
  await server.open(file, text, 1);
  const lenses = (await server.request("textDocument/codeLens", { textDocument: { uri: uriOf(file) } })) as CodeLens[];
  expect(lenses.map(({ command }) => command?.title)).toEqual(["keeps 3 directories, 1 file"]);
  const position = { line: 1, character: 20 };
  const hover = (await server.request("textDocument/hover", { textDocument: { uri: uriOf(file) }, position })) as Hover;
  expect(JSON.stringify(hover.contents)).toContain("**`*-*-* 00:00:00`**");
});
