import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse as parseToml } from "smol-toml";
import { describe, expect, it } from "vitest";
import { builtCli } from "./built-cli.ts";
import { codeBlocks, markdownFiles } from "./markdown.ts";

const text = readFileSync("README.md", "utf8");
const readme = codeBlocks(text);

it("the README quotes a finding as the example really gives it", () => {
  const quoted = readme.filter(({ text }) => text.startsWith("error["));
  expect(quoted).toHaveLength(1);
  const output = run(["check", "--format", "pretty", "examples/hetzner-vps"], process.cwd());
  expect(output).toContain(quoted[0]?.text);
});

it("the README quotes the facts of a host with an unknown as they really are", () => {
  const [host] = readme.filter(({ language }) => language === "nix");
  const [quoted] = readme.filter(({ text }) => text.startsWith("Services with state"));
  inFolder((folder) => {
    writeFileSync(
      join(folder, "flake.nix"),
      `{
        inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixos-25.11";
        inputs.secrets.url = "git+ssh://git@example.org/secrets";
        outputs = { nixpkgs, secrets, ... }: {
          nixosConfigurations.web = nixpkgs.lib.nixosSystem {
            specialArgs = { inherit secrets; };
            modules = [ ./host.nix ];
          };
        };
      }`,
    );
    writeFileSync(
      join(folder, "host.nix"),
      `{ secrets, ... }: {
        fileSystems."/" = { device = "none"; fsType = "tmpfs"; };
        fileSystems."/persist" = { device = "/dev/vda2"; fsType = "ext4"; neededForBoot = true; };
        ${host?.text}
      }`,
    );
    expect(run(["facts"], folder)).toContain(quoted?.text);
    expect(run(["check", "--format", "concise"], folder)).not.toContain("IMP401");
  });
});

it("the README says of hosts that cannot be found what the checker says", () => {
  const [, sentence] = /`IMP002` on the flake: "([^"]+)"/.exec(text) ?? [];
  const outputs = "inputs: inputs.mylib.lib.mkHosts ./hosts";
  expect(checkFlake(`{ inputs.mylib.url = "github:someone/mylib"; outputs = ${outputs}; }`)).toContain(sentence);
  expect(text).toContain("No NixOS host was found here");
  expect(checkFlake("{ outputs = { ... }: { homeConfigurations = { }; }; }")).toContain("No NixOS host was found here");
});

it("no escape sequence of a file reaches a terminal, as docs/security.md says", () => {
  const module = `{
    fileSystems."/" = { fsType = "tmpfs"; device = "none"; };
    systemd.timers."ESC[31m".timerConfig.OnCalendar = "ESC[31m6h";
  }`;
  const hosts = `{ "ESC[31m" = nixpkgs.lib.nixosSystem { modules = [ ${module} ]; }; }`;
  const flake = `{ outputs = { nixpkgs, ... }: { nixosConfigurations = ${hosts}; }; }`;
  const formats = ["pretty", "concise", "github"].map((format) => ["check", "--format", format]);
  for (const args of [...formats, ["hosts"], ["facts"]]) {
    const output = checkFlake(flake.replaceAll("ESC", "\u001b"), args);
    expect(output, args.join(" ")).toContain("<U+001B>");
    expect(output, args.join(" ")).not.toContain("\u001b");
  }
});

describe.each(markdownFiles(process.cwd()))("%s", (file) => {
  const blocks = codeBlocks(readFileSync(file, "utf8"));

  it("has configuration that its readers' programs can parse", () => {
    for (const { language, text } of blocks) {
      if (language === "json") expect(() => JSON.parse(text), text).not.toThrow();
      if (language === "toml") expect(() => parseToml(text), text).not.toThrow();
    }
  });
});

/** What the tool prints of a flake, standard error included. */
function checkFlake(flake: string, args = ["check", "--format", "concise"]): string {
  return inFolder((folder) => {
    writeFileSync(join(folder, "flake.nix"), flake);
    return run([...args, "."], folder);
  });
}

function inFolder<T>(use: (folder: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), "nix-impermanence-docs-"));
  try {
    return use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function run(args: string[], cwd: string): string {
  const env = { ...process.env, NO_COLOR: "1", GITHUB_ACTIONS: "" };
  const { status, stdout, stderr } = spawnSync(process.execPath, [builtCli(), ...args], { cwd, env, encoding: "utf8" });
  if (status === 2) throw new Error(stderr);
  return stdout + stderr;
}
