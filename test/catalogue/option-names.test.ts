import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";

const OPTIONS = {
  "zramSwap.enable": "boolean",
  "a.jobs": "attribute set of (submodule)",
  "a.jobs.<name>.paths": "list of string",
  "a.more": "attribute set of (open submodule of (JSON value))",
  "a.more.<name>.level": "string",
  "a.settings": "open submodule of attribute set of (INI atom)",
  "a.settings.users.sign_up": "boolean",
  'a.quoted."b.c"': "string",
  "a.quoted.d": "string",
  "a.one": "null or (submodule)",
  "a.one.enable": "boolean",
};

it("makes the names of options, with any name and open sets, out of the lists that NixOS makes", () => {
  const folder = mkdtempSync(join(tmpdir(), "nix-impermanence-"));
  try {
    const list = (name: string, options: Readonly<Record<string, string>>) => {
      const file = join(folder, name);
      writeFileSync(
        file,
        JSON.stringify(Object.fromEntries(Object.entries(options).map(([at, type]) => [at, { type }]))),
      );
      return file;
    };
    const out = join(folder, "out.json");
    const today = list("today.json", OPTIONS);
    const before = list("before.json", {
      ...{ "a.jobs": "list", "a.jobs.<name>.paths": "list", "a.more.<name>.level": "string" },
      "a.settings.users.sign_up": "boolean",
    });
    const script = join(import.meta.dirname, "../../scripts/option-names.mjs");
    execFileSync(process.execPath, [script, "--options", today, "--before", before, "--of", "two lists", "--out", out]);
    expect(JSON.parse(readFileSync(out, "utf8"))).toEqual({
      source: "two lists",
      options: {
        a: ["jobs!(*(paths!))", "more!(*(level! ?))", "one", "settings!(users!(sign_up! ?) ?)"],
        zramSwap: [],
      },
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
});
