import { describe, expect, it } from "vitest";
import { applyEdits } from "../../edits/text-edit.ts";
import { analyseFiles } from "../../testing/analyse-files.ts";
import { nixParseError } from "../../testing/nix-instantiate.ts";
import { allowFix } from "./allow-fix.ts";

/** A host with four findings of one rule: timers whose calendar does not parse. */
function host(lines: { first?: string; second?: string; third?: string; top?: string; end?: string }): string {
  return `${lines.top ?? ""}{
  nix.gc.dates = "sometimes"; ${lines.first ?? ""}
${lines.second ?? ""}
  systemd.timers = {
    a.timerConfig.OnCalendar = "never ever";
    b = {
      timerConfig = {
        OnCalendar = "when it rains";
      };
    }; ${lines.third ?? ""}
  };
${lines.end ?? ""}
  nix.optimise.dates = "at times";
}
`;
}

async function left(text: string) {
  const { analysis } = await analyseFiles({ "/host.nix": text });
  const word = ({ at }: { at: { start: number; end: number } }) => text.slice(at.start, at.end);
  return {
    found: analysis.findings.filter(({ code }) => code === "IMP701").map(word),
    allowed: analysis.suppressed.map(({ finding }) => word(finding)),
    reasons: analysis.suppressed.map(({ reason }) => reason),
    about: analysis.findings.filter(({ code }) => code.startsWith("IMP02")).map(({ code }) => code),
  };
}

const RAIN = '"when it rains"';
const EVER = '"never ever"';
const SOMETIMES = '"sometimes"';
const TIMES = '"at times"';

describe("comments that allow findings", () => {
  it("finds all four without one", async () => {
    expect((await left(host({}))).found).toEqual([SOMETIMES, EVER, RAIN, TIMES]);
  });

  it.each([
    ["the line it ends", { first: "# impermanence: allow IMP701 — why not" }, [SOMETIMES]],
    [
      "the line it ends, in a block comment",
      { first: "/* impermanence: allow invalid-calendar -- so */" },
      [SOMETIMES],
    ],
    ["the node below it", { second: "  # impermanence: allow invalid-calendar - so" }, [EVER, RAIN]],
    [
      "the node below it, behind another comment",
      { second: "  # impermanence: allow imp701 – so\n  # timers\n" },
      [EVER, RAIN],
    ],
    ["the node whose end it stands behind", { third: "# impermanence: allow IMP701: so" }, [RAIN]],
    ["the whole file", { end: "  # impermanence: allow-file IMP701 — so" }, [SOMETIMES, EVER, RAIN, TIMES]],
    [
      "the file's expression, which is all",
      { top: "# impermanence: allow IMP701 so\n" },
      [SOMETIMES, EVER, RAIN, TIMES],
    ],
    [
      "what lies between off and on",
      { second: "  # impermanence: off IMP701 — so", end: "  # impermanence: on IMP701" },
      [EVER, RAIN],
    ],
    ["all behind off, without an end", { second: "  # impermanence: off IMP701 — so" }, [EVER, RAIN, TIMES]],
    [
      "what lies between off and an on without a rule",
      { second: "# impermanence: off IMP701 so", end: "# impermanence: on" },
      [EVER, RAIN],
    ],
    ["several rules", { second: "  # impermanence: allow IMP701, IMP020, IMP704 — so", end: "" }, [EVER, RAIN]],
  ])("holds for %s", async (_, lines, allowed) => {
    const all = await left(host(lines));
    expect(all.allowed).toEqual(allowed);
    expect(all.found).toEqual([SOMETIMES, EVER, RAIN, TIMES].filter((one) => !allowed.includes(one)));
    expect(new Set(all.reasons)).not.toContain(undefined);
  });

  it("does not reach out of the braces it stands in", async () => {
    const { found, about } = await left(`{
  a = { b = 1;
    # impermanence: allow IMP701 — nothing follows here
  };
  nix.gc.dates = "sometimes";
}
`);
    expect(found).toEqual([SOMETIMES]);
    expect(about).toEqual(["IMP020"]);
  });

  it("holds for a binding when it stands above its value", async () => {
    const { found } = await left(`{ nix.gc.dates =
    # impermanence: allow IMP701 — so
    "sometimes"; nix.optimise.dates = "at times"; }
`);
    expect(found).toEqual([TIMES]);
  });

  it("holds for a list element", async () => {
    const { found } = await left(`{ systemd.timers.a.timerConfig.OnCalendar = [
    "never ever"
    # impermanence: allow IMP701 — so
    "when it rains"
    "at times"
  ]; }
`);
    expect(found).toEqual([EVER, TIMES]);
  });

  it("does not count in strings", async () => {
    const { found } = await left(`{ nix.gc.dates = "sometimes"; x = "# impermanence: allow-file IMP701 — so"; }\n`);
    expect(found).toEqual([SOMETIMES]);
  });

  it("does not call a comment unused when a host could not be checked", async () => {
    const flake = (more: string) => `{ outputs = { nixpkgs, ... }: { nixosConfigurations = {
      a = nixpkgs.lib.nixosSystem { modules = [ ./a.nix ]; };${more} }; }; }`;
    const unused = async (more: string) => {
      const files = { "/flake.nix": flake(more), "/a.nix": "{ # impermanence: allow IMP701 — so\n}\n" };
      return (await analyseFiles(files)).findings.filter(({ code }) => code === "IMP020").length;
    };
    expect(await unused("")).toBe(1);
    expect(await unused(' b = throw "later";')).toBe(0);
  });
});

describe("the fix that allows a finding", () => {
  const TEXTS: readonly (readonly [string, string])[] = [
    ["bindings", host({})],
    ["a list", '{ systemd.timers.a.timerConfig.OnCalendar = [\n\t"never ever"\n\t"at times"\n]; }\n'],
    ["one line", '{ nix.gc.dates = "sometimes"; }'],
    ["a module's arguments in front", '/* x */ { lib, ... }: { nix.gc.dates = "sometimes"; }\n'],
    ["Windows line ends", '{\r\n  nix.gc.dates = "sometimes";\r\n}\r\n'],
    ["an allow above it already", '{\n  # impermanence: allow IMP704 — so\n  nix.gc.dates = "sometimes";\n}\n'],
  ];
  it.each(TEXTS)("works with %s", async (_, text) => {
    const { findings, programs } = await analyseFiles({ "/host.nix": text });
    const program = programs.get("/host.nix");
    if (!program) throw new Error("no program");
    const all = findings.filter(({ code }) => code === "IMP701");
    expect(all.length).toBeGreaterThan(0);
    for (const finding of all) {
      const plan = allowFix(program, finding);
      expect(plan?.title).toBe("Allow `invalid-calendar` here (add a reason)");
      const changed = applyEdits(text, plan?.edits.get("/host.nix") ?? []);
      expect(nixParseError(changed)).toBeUndefined();
      const after = await analyseFiles({ "/host.nix": changed });
      const messages = after.findings.map(({ message }) => message);
      expect(messages).not.toContain(finding.message);
      expect(after.analysis.suppressed.map(({ finding: { message } }) => message)).toContain(finding.message);
    }
  });

  it("allows no more than one finding where findings begin their own lines", async () => {
    const text = host({});
    const { findings, programs } = await analyseFiles({ "/host.nix": text });
    const rain = findings.find(({ at }) => text.slice(at.start, at.end) === RAIN);
    const program = programs.get("/host.nix");
    const plan = program && rain && allowFix(program, rain);
    const changed = applyEdits(text, plan?.edits.get("/host.nix") ?? []);
    expect(changed).toContain("        # impermanence: allow invalid-calendar — add a reason\n        OnCalendar");
    expect((await left(changed)).allowed).toEqual([RAIN]);
  });

  it("is not there for syntax errors and for findings about comments", async () => {
    const { findings, programs } = await analyseFiles({
      "/host.nix": "{ nix.gc.dates = ; # impermanence: allow IMP999\n}\n",
    });
    const program = programs.get("/host.nix");
    expect(findings.map(({ code }) => code)).toEqual(expect.arrayContaining(["IMP001", "IMP021"]));
    for (const finding of findings) expect(program && allowFix(program, finding)).toBeUndefined();
  });
});
