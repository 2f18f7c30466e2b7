import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import type {
  ClientCapabilities,
  CodeAction,
  CompletionList,
  Hover,
  Location,
  Position,
  TextEdit,
} from "vscode-languageserver/node";
import { TextDocument } from "vscode-languageserver-textdocument";
import { parsesInNix } from "../../server/src/testing/nix-instantiate.ts";
import { folderWith, LATE_STORE } from "../cli/run-cli.ts";
import { codes, pulling, pushing, ServerClient, uriOf } from "./server-client.ts";

let client: ServerClient | undefined;
afterEach(async () => {
  if (client && client.child.exitCode === null) await client.stop();
  client = undefined;
});

async function start(folder: string, capabilities: ClientCapabilities, more = {}): Promise<ServerClient> {
  client = await ServerClient.start([folder], capabilities, more);
  return client;
}

/** Where a text stands in another one. */
function positionOf(text: string, wanted: string, shift = 0): Position {
  return TextDocument.create("x:", "nix", 0, text).positionAt(text.indexOf(wanted) + shift);
}

async function actions(file: string, at: Position, only?: string[]): Promise<CodeAction[]> {
  const context = { diagnostics: [], ...(only ? { only } : {}) };
  const params = { textDocument: { uri: uriOf(file) }, range: { start: at, end: at }, context };
  return ((await client?.request("textDocument/codeAction", params)) ?? []) as CodeAction[];
}

/** The edits of an action that changes one document. */
function editsOf(action: CodeAction): TextEdit[] {
  const [change] = action.edit?.documentChanges ?? [];
  return change && "edits" in change ? (change.edits as TextEdit[]) : [];
}

function applied(text: string, edits: readonly TextEdit[]): string {
  return TextDocument.applyEdits(TextDocument.create("x:", "nix", 0, text), [...edits]);
}

describe("code actions", () => {
  it("offer refactorings of the entry under the cursor by their kinds", async () => {
    const file = join(folderWith({ "host.nix": LATE_STORE }), "host.nix");
    const pull = await start(join(file, ".."), pulling);
    await pull.open(file, LATE_STORE, 1);
    const at = positionOf(LATE_STORE, "/var/log");
    const rewrites = await actions(file, at, ["refactor.rewrite"]);
    expect(rewrites.map(({ kind }) => kind)).toContain("refactor.rewrite");
    const sort = rewrites.find(({ title }) => title.startsWith("Sort"));
    expect(applied(LATE_STORE, editsOf(sort as CodeAction))).toContain('"/var/lib/systemd" "/var/log" ]');
    // Whoever asks for all kinds gets them as well; quick fixes alone come without.
    expect((await actions(file, at)).map(({ title }) => title)).toContain(sort?.title);
    expect((await actions(file, at, ["quickfix"])).map(({ kind }) => kind)).not.toContain("refactor.rewrite");
  });

  it("repair the finding under the cursor, in the version the client has open", async () => {
    const file = join(folderWith({ "host.nix": LATE_STORE }), "host.nix");
    const pull = await start(join(file, ".."), pulling);
    await pull.open(file, LATE_STORE, 3);
    const [finding] = await pull.pulled(file);
    const [action] = await actions(file, finding?.range.start as Position);
    expect(action).toMatchObject({ kind: "quickfix", isPreferred: true, diagnostics: [{ code: "IMP301" }] });
    expect(action?.edit?.documentChanges).toMatchObject([{ textDocument: { uri: uriOf(file), version: 3 } }]);
    const fixed = applied(LATE_STORE, editsOf(action as CodeAction));
    expect(fixed).toContain("# The store of what is kept.");
    expect(parsesInNix(fixed)).toBe(true);
    await pull.change(file, 4, [{ text: fixed }]);
    expect(await pull.pulled(file)).toEqual([]);
    expect(await actions(file, finding?.range.start as Position)).toEqual([]);
  });

  it("come as plain changes where the client knows no versions", async () => {
    const file = join(folderWith({ "host.nix": LATE_STORE }), "host.nix");
    const push = await start(join(file, ".."), pushing);
    const [finding] = await push.pushed(file);
    const [action] = await actions(file, finding?.range.start as Position);
    expect(action?.isPreferred).toBeUndefined();
    expect(action?.edit?.documentChanges).toBeUndefined();
    expect(Object.keys(action?.edit?.changes ?? {})).toEqual([uriOf(file)]);
  });

  it("fix all of a file only when that is asked for", async () => {
    const folder = resolve("examples/hetzner-vps");
    const file = join(folder, "hosts/servers/hetzner-vps/disko.nix");
    const text = readFileSync(file, "utf8");
    const pull = await start(folder, pulling);
    await pull.open(file, text, 1);
    const found = codes(await pull.pulled(file));
    expect(found).toContain("IMP201");
    const somewhere = positionOf(text, "compress");
    const quick = await actions(file, somewhere);
    expect(quick.length).toBeGreaterThan(0);
    expect(quick.every(({ kind }) => kind === "quickfix")).toBe(true);
    expect(await actions(file, somewhere, ["refactor"])).toEqual([]);
    for (const only of ["source.fixAll.impermanence", "source.fixAll", "source"]) {
      const all = await actions(file, somewhere, [only]);
      expect(all.map(({ kind }) => kind)).toEqual(["source.fixAll.impermanence"]);
    }
    let current = text;
    for (let version = 2; version < 8; version++) {
      const [all] = await actions(file, { line: 0, character: 0 }, ["source.fixAll.impermanence"]);
      if (!all) break;
      current = applied(current, editsOf(all));
      await pull.change(file, version, [{ text: current }]);
    }
    expect(current).not.toBe(text);
    expect(parsesInNix(current)).toBe(true);
    expect(await actions(file, { line: 0, character: 0 }, ["source.fixAll"])).toEqual([]);
    const left = codes(await pull.pulled(file));
    expect(left).not.toContain("IMP201");
    expect(left.length).toBeLessThan(found.length / 2);
  });
});

describe("hover", () => {
  it("tells what the next boot does to a path, and why", async () => {
    const text = LATE_STORE.replace(
      "environment.persistence",
      'systemd.services.x.serviceConfig.ReadWritePaths = [ "/srv/x" ];\n  environment.persistence',
    );
    const file = join(folderWith({ "host.nix": text }), "host.nix");
    const pull = await start(join(file, ".."), pulling);
    const lost = await pull.at<Hover>("textDocument/hover", file, positionOf(text, "/srv/x", 2));
    expect((lost.contents as { value: string }).value).toMatch(/`\/srv\/x`.*\n\nIt \*\*is lost\*\*/);
    const kept = await pull.at<Hover>("textDocument/hover", file, positionOf(text, "/var/lib/nixos", 2));
    expect((kept.contents as { value: string }).value).toContain("**survives**");
    expect(kept.range?.start).toEqual(positionOf(text, '"/var/lib/nixos"'));
    expect(await pull.at("textDocument/hover", file, { line: 0, character: 0 })).toBeNull();
  });

  it("is silent when the user turned it off", async () => {
    const file = join(folderWith({ "host.nix": LATE_STORE }), "host.nix");
    const capabilities = { ...pulling, workspace: { ...pulling.workspace, configuration: true } };
    const pull = await start(join(file, ".."), capabilities, { settings: { hover: { enable: false } } });
    await pull.until(() => pull.registrations.length > 0);
    expect(await pull.at("textDocument/hover", file, positionOf(LATE_STORE, "/var/log", 2))).toBeNull();
  });
});

describe("completion", () => {
  const text = LATE_STORE.replace("directories = [", 'directories = [ "/var/l"');
  const inPath = () => positionOf(text, '/var/l"', 6);

  it("offers what would be lost, with its owner around the path", async () => {
    const file = join(
      folderWith({ "host.nix": text.replace("{", "{ services.postgresql.enable = true; ") }),
      "host.nix",
    );
    const pull = await start(join(file, ".."), pulling);
    const list = await pull.at<CompletionList>(
      "textDocument/completion",
      file,
      positionOf(readFileSync(file, "utf8"), '/var/l"', 6),
    );
    const item = list.items.find(({ label }) => label === "/var/lib/postgresql");
    expect(item?.documentation).toMatchObject({ kind: "markdown" });
    const after = applied(readFileSync(file, "utf8"), [
      item?.textEdit as TextEdit,
      ...(item?.additionalTextEdits ?? []),
    ]);
    expect(after).toContain(
      'directories = [ { directory = "/var/lib/postgresql"; user = "postgres"; group = "postgres"; mode = "',
    );
    expect(parsesInNix(after)).toBe(true);
    expect(list.isIncomplete).toBe(false);
  });

  it("answers who types on meanwhile, in terms of the text that was asked about", async () => {
    const folder = join(process.cwd(), "examples", "hetzner-vps");
    const file = join(folder, "hosts/servers/hetzner-vps/default.nix");
    const store = '  environment.persistence."/persist".directories = [ "/v" ];\n';
    const original = readFileSync(file, "utf8");
    const at = original.indexOf("  system.stateVersion");
    const begun = original.slice(0, at) + store + original.slice(at);
    const pull = await start(folder, pulling);
    await pull.open(file, begun, 1);
    const position = positionOf(begun, '"/v"', 3);
    for (const [index, typed] of ["/va", "/var", "/var/", "/var/l", "/var/li"].entries()) {
      const params = { textDocument: { uri: uriOf(file) }, position };
      const answer = pull.request("textDocument/completion", params) as Promise<CompletionList>;
      await pull.change(file, index + 2, [{ text: begun.replace('"/v"', `"${typed}"`) }]);
      const { items } = await answer;
      const item = items.find(({ label }) => label === "/var/lib/postgresql");
      const range = { start: positionOf(begun, '"/v"', 1), end: positionOf(begun, '"/v"', 3) };
      expect(item?.textEdit).toMatchObject({ range });
      await pull.change(file, index + 10, [{ text: begun }]);
    }
  });

  it("is silent elsewhere, and when the user turned it off", async () => {
    const file = join(folderWith({ "host.nix": text }), "host.nix");
    const on = await start(join(file, ".."), pulling);
    expect(await on.at<CompletionList>("textDocument/completion", file, { line: 0, character: 0 })).toEqual({
      isIncomplete: false,
      items: [],
    });
    await on.stop();
    const capabilities = { ...pulling, workspace: { ...pulling.workspace, configuration: true } };
    const off = await start(join(file, ".."), capabilities, { settings: { completion: { enable: false } } });
    await off.until(() => off.registrations.length > 0);
    expect(await off.at("textDocument/completion", file, inPath())).toBeNull();
  });
});

describe("definition", () => {
  const imports = '{ imports = [ ./parts ./parts/one.nix ./oops/two.nix ]; networking.hostName = "h"; }\n';
  const files = {
    "host.nix": imports,
    "parts/default.nix": "{ }",
    "parts/one.nix": "{ }",
    "parts/two.nix": "{ }",
  };

  it("leads to the imported file, a folder's default.nix, and what was taken for a missing one", async () => {
    const folder = folderWith(files);
    const file = join(folder, "host.nix");
    const pull = await start(folder, pulling);
    const target = async (wanted: string) => {
      const found = await pull.at<Location[]>("textDocument/definition", file, positionOf(imports, wanted, 3));
      return found.map(({ uri }) => uri);
    };
    expect(await target("./parts ")).toEqual([uriOf(join(folder, "parts/default.nix"))]);
    expect(await target("./parts/one.nix")).toEqual([uriOf(join(folder, "parts/one.nix"))]);
    expect(await target("./oops/two.nix")).toEqual([uriOf(join(folder, "parts/two.nix"))]);
  });
});

describe("settings", () => {
  const capabilities: ClientCapabilities = {
    ...pulling,
    workspace: {
      ...pulling.workspace,
      configuration: true,
      didChangeConfiguration: { dynamicRegistration: true },
    },
  };

  it("give severities by code and by name, and silence rules", async () => {
    const file = join(folderWith({ "host.nix": LATE_STORE }), "host.nix");
    const settings = { rules: { severity: { IMP301: "hint" } } };
    const pull = await start(join(file, ".."), capabilities, { settings });
    await pull.until(() => pull.registrations.includes("workspace/didChangeConfiguration"));
    expect(await pull.pulled(file)).toMatchObject([{ code: "IMP301", severity: 4 }]);
    const change = async (section: unknown) => {
      pull.settings = section;
      const refreshes = pull.refreshes;
      await pull.connection.sendNotification("workspace/didChangeConfiguration", { settings: null });
      await pull.until(() => pull.refreshes > refreshes);
    };
    await change({ rules: { severity: { "store-not-needed-for-boot": "off" } } });
    expect(await pull.pulled(file)).toEqual([]);
    await change({ rules: { severity: { IMP301: "loud" } } });
    expect(await pull.pulled(file)).toMatchObject([{ code: "IMP301", severity: 1 }]);
    await change({ check: { exclude: ["host.nix"] } });
    expect(await pull.pulled(file)).toEqual([]);
    await pull.open(file, LATE_STORE, 1);
    expect(await pull.pulled(file)).toEqual([]);
  });

  it("come along with the notification from clients that cannot be asked", async () => {
    const file = join(folderWith({ "host.nix": LATE_STORE }), "host.nix");
    const push = await start(join(file, ".."), pushing);
    await push.pushed(file);
    const settings = { impermanence: { rules: { severity: { IMP301: "off" } } } };
    await push.connection.sendNotification("workspace/didChangeConfiguration", { settings });
    await push.until(() => push.published.get(uriOf(file))?.diagnostics.length === 0);
  });
});

describe("extra requests", () => {
  it("list hosts and rules, give facts and explain", async () => {
    const file = join(folderWith({ "host.nix": LATE_STORE }), "host.nix");
    const pull = await start(join(file, ".."), pulling);
    expect(await pull.request("impermanence/hosts", null)).toEqual([
      { name: "host", uri: uriOf(file), isImpermanent: true, findings: 1, root: "tmpfs", hasFileSystems: true },
    ]);
    const { facts } = await pull.request<{ facts: { stores: unknown[] } }>("impermanence/facts", { host: "host" });
    expect(facts.stores).toMatchObject([{ path: "/persist" }]);
    expect(await pull.request("impermanence/facts", { host: "nobody" })).toBeNull();
    const rules = await pull.request<{ code: string }[]>("impermanence/rules", null);
    expect(rules.map(({ code }) => code)).toContain("IMP301");
    const page = await pull.request<{ markdown: string }>("impermanence/explain", { rule: "imp001" });
    expect(page.markdown).toContain("# syntax-error");
    expect(await pull.request("impermanence/explain", { rule: "IMP999" })).toBeNull();
  });
});
