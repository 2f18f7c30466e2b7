// biome-ignore-all lint/suspicious/noTemplateCurlyInString: Nix interpolates with the same characters.
import { describe, expect, it } from "vitest";
import { analyseFiles } from "../testing/analyse-files.ts";
import { parseProgram } from "../testing/spec-program.ts";
import { combinePlans, mergeEdits } from "./combine-plans.ts";
import type { FixPlan } from "./fix-plan.ts";
import { setOptionInModule } from "./module-edit.ts";
import { attributePath, quote } from "./nix-text.ts";
import { appendToListOption, type FileEdits, setOption } from "./option-edit.ts";
import { applyEdits } from "./text-edit.ts";

async function inModule(text: string, path: string[], value: string): Promise<string | undefined> {
  const edits = setOptionInModule(await parseProgram(text), path, value);
  return edits && applyEdits(text, edits);
}

const FLAG = ["fileSystems", "/persist", "neededForBoot"];

describe("setOptionInModule", () => {
  it.each([
    ["an empty module", "{ }", '{ fileSystems."/persist".neededForBoot = true; }'],
    ["a function", "{ lib, ... }:\n{\n}\n", '{ lib, ... }:\n{\n  fileSystems."/persist".neededForBoot = true;\n}\n'],
    [
      "the set of the option",
      '{\n  fileSystems."/persist" = {\n    fsType = "ext4"; # sic\n  };\n}',
      '{\n  fileSystems."/persist" = {\n    fsType = "ext4"; # sic\n    neededForBoot = true;\n  };\n}',
    ],
    [
      "dotted siblings",
      '{\n  fileSystems."/".device = "a";\n  networking.hostName = "b";\n}',
      '{\n  fileSystems."/".device = "a";\n  fileSystems."/persist".neededForBoot = true;\n  networking.hostName = "b";\n}',
    ],
    [
      "config behind mkIf",
      "{ lib, config, ... }:\n{\n  options = { };\n  config = lib.mkIf config.x {\n    a = 1;\n  };\n}",
      '{ lib, config, ... }:\n{\n  options = { };\n  config = lib.mkIf config.x {\n    a = 1;\n    fileSystems."/persist".neededForBoot = true;\n  };\n}',
    ],
    [
      "an unconditional part of mkMerge",
      "{ lib }: { config = lib.mkMerge [ (lib.mkIf c { a = 1; }) { b = 2; } ]; }",
      '{ lib }: { config = lib.mkMerge [ (lib.mkIf c { a = 1; }) { b = 2; fileSystems."/persist".neededForBoot = true; } ]; }',
    ],
    [
      "a module that only has options",
      "{ lib, ... }: {\n  options.x = lib.mkOption { };\n}",
      '{ lib, ... }: {\n  options.x = lib.mkOption { };\n  config.fileSystems."/persist".neededForBoot = true;\n}',
    ],
    [
      "let … in",
      "let\n  a = 1;\nin\n{\n  b = a;\n}",
      'let\n  a = 1;\nin\n{\n  b = a;\n  fileSystems."/persist".neededForBoot = true;\n}',
    ],
    [
      "a value to replace",
      '{ fileSystems."/persist".neededForBoot = false; }',
      '{ fileSystems."/persist".neededForBoot = true; }',
    ],
    [
      "tabs and CRLF",
      "{\r\n\ta = 1;\r\n}\r\n",
      '{\r\n\ta = 1;\r\n\tfileSystems."/persist".neededForBoot = true;\r\n}\r\n',
    ],
  ])("%s", async (_name, before, after) => {
    expect(await inModule(before, FLAG, "true")).toBe(after);
    expect(await inModule(after, FLAG, "true"), "a second time changes nothing").toBe(after);
  });

  it.each([
    ["a computed set", "{ fileSystems = import ./disks.nix; }"],
    ["an inherited name", "{ inherit (x) fileSystems; }"],
    ["a computed name", '{ fileSystems.${disk} = { fsType = "ext4"; }; }'],
    ["a computed module", "import ./other.nix"],
    ["a computed config", "{ options = { }; config = f x; }"],
    ["a value where a set belongs", '{ fileSystems."/persist".neededForBoot.x = 1; }'],
  ])("leaves %s alone", async (_name, text) => {
    expect(await inModule(text, FLAG, "true")).toBeUndefined();
  });
});

async function editHost(
  files: Record<string, string>,
  edit: (context: Parameters<typeof setOption>[0]) => FileEdits | undefined,
): Promise<Record<string, string> | undefined> {
  const { hosts, programs } = await analyseFiles(files);
  const [host] = hosts;
  if (!host) throw new Error("the files make no host");
  const edits = edit({ host, program: (path) => programs.get(path) });
  return edits && Object.fromEntries([...edits].map(([file, own]) => [file, applyEdits(files[file] ?? "", own)]));
}

describe("options of a host", () => {
  it("are set in the file that has their neighbours", async () => {
    const files = {
      "/host.nix": '{\n  imports = [ ./disks.nix ];\n  networking.hostName = "a";\n}\n',
      "/disks.nix": '{\n  fileSystems."/".device = "/dev/vda";\n}\n',
    };
    expect(await editHost(files, (context) => setOption(context, FLAG, "true"))).toEqual({
      "/disks.nix": '{\n  fileSystems."/".device = "/dev/vda";\n  fileSystems."/persist".neededForBoot = true;\n}\n',
    });
  });

  it("go to the entry module when nothing is near", async () => {
    const files = {
      "/host.nix": "{\n  imports = [ ./net.nix ];\n}\n",
      "/net.nix": '{\n  networking.hostName = "a";\n}\n',
    };
    const changed = await editHost(files, (context) => setOption(context, FLAG, "true"));
    expect(Object.keys(changed ?? {})).toEqual(["/host.nix"]);
  });

  it("join a set with a computed name by where the value is built", async () => {
    const files = {
      "/host.nix":
        'let store = "/persist"; in\n{\n  environment.persistence.${store} = {\n    directories = [ "/a" ];\n  };\n}\n',
    };
    const path = ["environment", "persistence", "/persist", "files"];
    expect(await editHost(files, (context) => appendToListOption(context, path, ['"/etc/machine-id"']))).toEqual({
      "/host.nix":
        'let store = "/persist"; in\n{\n  environment.persistence.${store} = {\n    directories = [ "/a" ];\n    files = [ "/etc/machine-id" ];\n  };\n}\n',
    });
  });

  it.each([
    ["a literal", '[ "/a" ]', '[ "/a" "/b" ]'],
    ["an empty list", "[ ]", '[ "/b" ]'],
    ["parts joined by ++", '[ "/a" ] ++ lib.optionals false [ "/c" ]', '[ "/a" "/b" ] ++ lib.optionals false [ "/c" ]'],
    ["mkForce in parentheses", '(lib.mkForce [ "/a" ])', '(lib.mkForce [ "/a" "/b" ])'],
    ["without blanks", '["/a"]', '["/a" "/b"]'],
    ["made by a function", 'map (x: x) [ "/a" ]', 'map (x: x) [ "/a" ] ++ [ "/b" ]'],
    ["under with", 'with lib; [\n    "/a" # first\n  ]', 'with lib; [\n    "/a" # first\n    "/b"\n  ]'],
  ])("a list grows: %s", async (_name, before, after) => {
    const text = (list: string) => `{ lib, ... }:\n{\n  environment.persistence."/persist".directories = ${list};\n}\n`;
    const path = ["environment", "persistence", "/persist", "directories"];
    expect(
      await editHost({ "/host.nix": text(before) }, (context) => appendToListOption(context, path, ['"/b"'])),
    ).toEqual({
      "/host.nix": text(after),
    });
  });

  it("new lists are written as the file writes its lists, and on one line where they fit", async () => {
    const rules = (text: string) =>
      editHost({ "/host.nix": text }, (context) =>
        appendToListOption(
          context,
          ["systemd", "tmpfiles", "rules"],
          ['"d /persist/var/lib/private 0700 root root -"'],
        ),
      );
    expect(await rules('{\n  users.users.a.extraGroups = ["b"];\n}\n')).toEqual({
      "/host.nix":
        '{\n  users.users.a.extraGroups = ["b"];\n  systemd.tmpfiles.rules = ["d /persist/var/lib/private 0700 root root -"];\n}\n',
    });
    expect(await rules('{\n  users.users.a.extraGroups = [ "b" ];\n}\n')).toEqual({
      "/host.nix":
        '{\n  users.users.a.extraGroups = [ "b" ];\n  systemd.tmpfiles.rules = [ "d /persist/var/lib/private 0700 root root -" ];\n}\n',
    });
  });

  it("break a list whose line gets too long", async () => {
    const files = { "/host.nix": `{\n  boot.kernelParams = [ "a=${"x".repeat(60)}" "b" ];\n}\n` };
    expect(
      await editHost(files, (context) =>
        appendToListOption(context, ["boot", "kernelParams"], [`"c=${"y".repeat(30)}"`]),
      ),
    ).toEqual({
      "/host.nix": `{\n  boot.kernelParams = [\n    "a=${"x".repeat(60)}"\n    "b"\n    "c=${"y".repeat(30)}"\n  ];\n}\n`,
    });
  });
});

describe("combining plans", () => {
  const plan = (title: string, ...edits: [number, number, string][]): FixPlan => ({
    title,
    safety: "safe",
    edits: new Map([["/a.nix", edits.map(([start, end, text]) => ({ start, end, text }))]]),
  });

  it("defers a plan that touches what another changes", () => {
    const { applied, deferred } = combinePlans([
      plan("first", [0, 2, "x"]),
      plan("touches", [2, 2, "y"]),
      plan("apart", [5, 6, "z"]),
      plan("same place", [5, 6, "z"]),
    ]);
    expect(applied.map(({ title }) => title)).toEqual(["first", "apart"]);
    expect(deferred.map(({ title }) => title)).toEqual(["touches", "same place"]);
  });

  it("joins parts and drops what they both change", () => {
    const part = plan("", [0, 2, ""]).edits;
    expect(mergeEdits(part, undefined, part).get("/a.nix")).toEqual([{ start: 0, end: 2, text: "" }]);
  });
});

describe("Nix text", () => {
  it("quotes what must be quoted", () => {
    expect(quote('a"b\\c${d}\n')).toBe('"a\\"b\\\\c\\${d}\\n"');
    expect(attributePath(["a", "/b", "if", "c-d'", "1x"])).toBe(`a."/b"."if".c-d'."1x"`);
  });
});
