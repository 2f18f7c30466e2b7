import { describe, expect, it } from "vitest";
import { CHECKER_PROBLEM, checkHost } from "../rules/check-host.ts";
import { defineRule } from "../rules/rule.ts";
import { analyseFiles, sourceOf } from "../testing/analyse-files.ts";
import { analyseHost, analyseWorkspace } from "./analysis.ts";
import { HOST_NOT_READ, SYNTAX_ERROR } from "./syntax-findings.ts";

const HOST = `{
  fileSystems."/" = { device = "none"; fsType = "tmpfs"; };
  fileSystems."/persist" = { device = "/dev/sda3"; fsType = "ext4"; };
  environment.persistence."/persist".directories = [ "/var/log" ];
}
`;

function rule(code: string, check: Parameters<typeof defineRule>[0]["check"]) {
  return defineRule({ code, name: code.toLowerCase(), group: "stores", severity: "warning", since: "0.1.0", check });
}

describe("a rule that crashes", () => {
  it("leaves the others and what it said before alive", async () => {
    const { hosts } = await analyseFiles({ "/host.nix": HOST });
    const [host] = hosts;
    if (!host) throw new Error("no host");
    const findings = checkHost(host, new Map(), [
      rule("IMP991", ({ report }) => {
        report({ at: undefined, message: "before" });
        throw new Error("boom");
      }),
      rule("IMP992", ({ report }) => report({ at: undefined, message: "after" })),
    ]);
    expect(findings.map(({ code, severity }) => [code, severity])).toEqual([
      ["IMP991", "warning"],
      [CHECKER_PROBLEM, "information"],
      ["IMP992", "warning"],
    ]);
    expect(findings[1]?.message).toContain("boom");
  });

  it("in its fix still reports, without a fix", async () => {
    const { hosts } = await analyseFiles({ "/host.nix": HOST });
    const fixes = () => {
      throw new Error("boom");
    };
    const crashing = rule("IMP991", ({ report }) => report({ at: undefined, message: "found", fixes }));
    const [finding] = checkHost(hosts[0]!, new Map(), [crashing]);
    expect(finding?.message).toBe("found");
    expect(finding?.fixes).toEqual([]);
  });
});

describe("analyseWorkspace", () => {
  it("says that a host was not checked when the checker itself fails", async () => {
    const source = await sourceOf({ "/host.nix": HOST });
    const program = () => {
      throw new Error("boom");
    };
    const failing = { ...source, programs: { ...source.programs, program } };
    const result = analyseHost(failing, { name: "host", entry: "/host.nix", kind: "module" });
    expect("why" in result && result.why).toContain("boom");
    const { findings } = analyseWorkspace(failing);
    expect(findings).toMatchObject([{ code: HOST_NOT_READ, at: { file: "/host.nix" } }]);
  });

  it("names the cause, not the follow-up, of a host that cannot be read", async () => {
    const { findings } = await analyseFiles({
      "/flake.nix": "{ outputs = { nixpkgs, ... }: { nixosConfigurations = ; }; }",
    });
    expect(findings.map(({ code }) => code)).toContain(SYNTAX_ERROR);
    expect(findings.map(({ code }) => code)).not.toContain(HOST_NOT_READ);
    const unread = await analyseFiles({
      "/flake.nix": "{ outputs = { x, ... }: { nixosConfigurations = x.hosts; }; }",
    });
    expect(unread.findings).toMatchObject([{ code: HOST_NOT_READ, severity: "information" }]);
    expect(unread.findings[0]?.message).toMatch(/because .*`x/);
  });

  it("checks the syntax of files in view that no host uses, and of no others", async () => {
    const files = { "/flake.nix": "{ outputs = _: { }; }", "/a.nix": "{ a = }", "/b.nix": "{ b = }" };
    const source = await sourceOf(files);
    expect(analyseWorkspace(source).findings).toEqual([]);
    const { findings } = analyseWorkspace(source, { inView: ["/a.nix", "/gone.nix"] });
    expect(findings.map(({ at }) => at.file)).toEqual(["/a.nix"]);
  });

  it("is silent about excluded files, and still reads them", async () => {
    const [before = "", store = ""] = HOST.split("environment.");
    const source = await sourceOf({
      "/host.nix": `${before} imports = [ ./store.nix ]; }`,
      "/store.nix": `{ environment.${store}`,
    });
    const files = (findings: readonly { at: { file: string } }[]) => findings.map(({ at }) => at.file);
    expect(files(analyseWorkspace(source).findings)).toContain("/store.nix");
    const excluding = { ...source, isExcluded: (file: string) => file === "/store.nix" };
    const analysis = analyseWorkspace(excluding);
    expect(files(analysis.findings)).not.toContain("/store.nix");
    expect(analysis.hosts[0]?.host.stores).toHaveLength(1);
  });

  it("knows what a host depends on, also what is not there", async () => {
    const source = await sourceOf({
      "/host.nix":
        "{ imports = [ ./part.nix ./missing.nix ]; environment.persistence.x.files = [ (builtins.readFile ./data.txt) ]; }",
      "/part.nix": "{ }",
      "/data.txt": "text",
    });
    const [host] = analyseWorkspace(source).hosts;
    expect(host?.host.stores[0]?.files[0]?.path).toBe("/text");
    expect([...(host?.files ?? [])].sort()).toEqual(["/host.nix", "/part.nix"]);
    expect([...(host?.dependencies ?? [])]).toEqual(expect.arrayContaining(["/host.nix", "/part.nix", "/data.txt"]));
  });
});
