// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are shell texts, not template literals.
import { describe, expect, it } from "vitest";
import { type CommandUse, commands, hasSetE } from "./sh-commands.ts";
import { readShell } from "./sh-reader.ts";
import { resolveWord, resolveWordAll, scopeOf } from "./sh-values.ts";

const uses = (text: string) => commands(readShell(text));
const use = (text: string, name: string): CommandUse => uses(text).find((found) => found.name === name)!;
const values = (text: string) => use(text, "btrfs").args.map((word) => word.literal);

describe("commands", () => {
  it("gives the program behind paths, holes and wrappers", () => {
    const text = "/run/sw/bin/btrfs a; @pkgs@/bin/btrfs b; ${pkgs}/bin/btrfs c; $btrfs d; X=1 btrfs e";
    const holes = [{ start: text.indexOf("@"), end: text.lastIndexOf("@") + 1 }];
    const found = commands(readShell(text, { holes }));
    expect(found.map(({ name }) => name)).toEqual(["btrfs", "btrfs", "btrfs", undefined, "btrfs"]);
    expect(found.map(({ args }) => args[0]?.literal)).toEqual(["a", "b", "c", "d", "e"]);
    for (const line of [
      "sudo -u root btrfs a b",
      "exec btrfs a b",
      "env A=1 -i btrfs a b",
      "nice -n 19 ionice -c 3 btrfs a b",
      "timeout -k 5 10m btrfs a b",
      "command -- btrfs a b",
      "ls | xargs -r -n 1 btrfs a b",
    ]) {
      expect(values(line), line).toEqual(["a", "b"]);
    }
    expect(use("ls | xargs -r btrfs a", "btrfs")).toMatchObject({ moreArgs: true, via: ["xargs"], inPipeline: true });
    expect(use("sudo", "sudo").args).toEqual([]);
  });

  it("gives exact spans of arguments", () => {
    const text = 'mount -o "subvol=/" /dev/sda1 "/mnt"';
    expect(use(text, "mount").args.map(({ start, end }) => text.slice(start, end))).toEqual([
      "-o",
      '"subvol=/"',
      "/dev/sda1",
      '"/mnt"',
    ]);
  });

  it("goes everywhere, substitutions first", () => {
    const text = [
      'f() { a "$(b)"; }; if c; then d; elif e; then g; else h; fi',
      "for i in $(j); do k; done; while l; do m; done; case $(n) in x) o;; esac",
      "{ p; }; (q) | r && ! s || t; [[ $(u) ]]; v <<< `w` > >(x); y=$(z)",
    ].join("\n");
    const names = uses(text).map(({ name }) => name ?? "=");
    expect(names.join("")).toBe("bacdeghjklmnopqrstuwxvz=");
    expect(use(text, "a").functionName).toBe("f");
  });

  it("knows what is conditional", () => {
    const conditional = (text: string) => use(text, "a").conditional;
    for (const text of ["a", "a && b", "if a; then b; fi", "{ a; }", "x | a", "(a)", "f() { a; }", "b $(a)"]) {
      expect(conditional(text), text).toBe(false);
    }
    for (const text of [
      "b && a",
      "b || a",
      "if b; then a; fi",
      "if b; then c; elif a; then d; fi",
      "if b; then c; else a; fi",
    ]) {
      expect(conditional(text), text).toBe(true);
    }
    for (const text of ["for i in x; do a; done", "while b; do a; done", "case x in y) a;; esac"]) {
      expect(conditional(text), text).toBe(true);
    }
  });

  it("knows how errors are hidden", () => {
    const hidden = (text: string) => use(text, "a").hidden;
    expect(hidden("a")).toEqual([]);
    expect(hidden("a || true")).toEqual(["or-true"]);
    expect(hidden("a && b || :")).toEqual(["or-true"]);
    expect(hidden("{ a; b; } || true")).toEqual(["or-true"]);
    expect(hidden("a 2>/dev/null")).toEqual(["stderr-discarded"]);
    expect(hidden("a >/dev/null 2>&1 || true").toSorted()).toEqual(["or-true", "stderr-discarded"]);
    expect(hidden("a 2>&1 >/dev/null")).toEqual([]);
    expect(hidden("a &>/dev/null")).toEqual(["stderr-discarded"]);
    expect(hidden("a >/dev/null")).toEqual([]);
    expect(hidden("a 2>&-")).toEqual(["stderr-discarded"]);
    expect(hidden("for i in x; do a; done 2>/dev/null")).toEqual(["stderr-discarded"]);
    expect(hidden("if a; then b; fi")).toEqual(["condition"]);
    expect(hidden("! a")).toEqual(["negated"]);
    expect(hidden("f() { a; }; f || true")).toEqual([]);
    const other = use("a || exit 1", "a");
    expect(other.hidden).toEqual([]);
    expect(other.orElse).toMatchObject({ kind: "simple" });
  });
});

describe("hasSetE", () => {
  it("finds the option in its forms", () => {
    for (const text of ["set -e", "set -euo pipefail", "set -o errexit", "a\nset -u -e", "set -uo errexit"]) {
      expect(hasSetE(readShell(text)), text).toBe(true);
    }
    for (const text of ["", "set -u", "set -e; set +e", "f() { set -e; }", "(set -e)", "echo set -e", "a && set -e"]) {
      expect(hasSetE(readShell(text)), text).toBe(false);
    }
  });
});

describe("resolveWord", () => {
  const resolve = (text: string, holes: { start: number; end: number; key?: string }[] = []) => {
    const script = readShell(text, { holes });
    const last = commands(script).findLast(({ name }) => name === "use")!;
    return resolveWord(last.args[0]!, scopeOf(script));
  };

  it("follows variables that are assigned once", () => {
    expect(resolve("use /a").value).toBe("/a");
    expect(resolve('D="/.snapshots"; use "$D/x"').value).toBe("/.snapshots/x");
    expect(resolve("A=/m B=$A/old; use ${B}/x").value).toBe("/m/old/x");
    expect(resolve("export D=/x; use $D").value).toBe("/x");
    expect(resolve("f() { local d=/x; use $d; }").value).toBe("/x");
    expect(resolve("D=/x; f() { use $D; }").value).toBe("/x");
    expect(resolve("f() { local d=/x; }; g() { local d=/y; use $d; }").value).toBe("/y");
    expect(resolve("D=/x/; use ${D%/}/y").value).toBe("/x/y");
    expect(resolve("D=/x/y; use ${D##*/}").value).toBe("y");
    expect(resolve("D=/x; use ${D:-/z}").value).toBe("/x");
    expect(resolve("(D=/x; use $D)").value).toBe("/x");
  });

  it("says why a value is unknown, and what is known of it", () => {
    const reason = (text: string) => resolve(text).reason;
    expect(reason("use $D")).toContain("not assigned");
    expect(reason("D=a; D=b; use $D")).toContain("more than once");
    expect(reason("if x; then D=a; fi; use $D")).toContain("condition");
    expect(reason("x && D=a; use $D")).toContain("condition");
    expect(reason("use $D; D=a")).toContain("before");
    expect(reason("D+=a; use $D")).toContain("several pieces");
    expect(reason("read -r D; use $D")).toContain("input");
    expect(reason("for D in a b; do use $D; done")).toContain("loop");
    expect(reason("for D in a b; do x; done; use $D")).toContain("over");
    expect(reason("(D=a); use $D")).toContain("subshell");
    expect(reason("f() { D=a; }; f; use $D")).toContain("function");
    expect(reason("D=a use $D")).toContain("not assigned");
    expect(reason("f() { use $1; }")).toContain("argument");
    expect(reason("use {a,b}")).toContain("braces");
    expect(reason("use ~/x")).toContain("home");
    expect(reason("use *.x")).toContain("pattern");
    expect(reason("use $((1 + 1))")).toContain("calculation");
    expect(reason("D=$D; use $D")).toBeTruthy();
    expect(resolve("T=$(date +%F); use /snap/root-$T.bak")).toMatchObject({ prefix: "/snap/root-", suffix: ".bak" });
    expect(resolve("use a*b")).toMatchObject({ prefix: "a" });
  });

  it("gives equal keys to equal values only", () => {
    const script = readShell(
      'M=$(mktemp -d); N=$(mktemp -d); a "$M/x"; b "${M}/x"; c "$N/x"; d "$(date)"; e "$(date)"',
    );
    const scope = scopeOf(script);
    const keys = commands(script)
      .filter(({ args }) => args.length === 1)
      .map(({ args }) => resolveWord(args[0]!, scope).key);
    const [a, b, c] = keys.filter((key) => key?.endsWith("/x"));
    expect(a).toBe(b);
    expect(a).not.toBe(c);
    expect(keys.slice(-2)).toEqual([undefined, undefined]);
  });

  it("keeps holes apart unless they carry the same key", () => {
    const hole = (start: number, key?: string) => ({ start, end: start + 1, ...(key ? { key } : {}) });
    expect(resolve("use @", [hole(4)])).toMatchObject({ reason: expect.stringContaining("outside") });
    expect(resolve("use @", [hole(4)]).key).toBeUndefined();
    expect(resolve("use @", [hole(4, "k")]).key).toBe(resolve("D=@; use $D", [hole(2, "k")]).key);
  });

  it("goes through a loop over spelled-out words", () => {
    const script = readShell('for s in @root "@home"; do use "/mnt/$s"; done; for s in $(ls); do use "/mnt/$s"; done');
    const scope = scopeOf(script);
    const words = commands(script)
      .filter(({ name }) => name === "use")
      .map(({ args }) => args[0]!);
    expect(resolveWordAll(words[0]!, scope).map(({ value }) => value)).toEqual(["/mnt/@root", "/mnt/@home"]);
    expect(resolveWordAll(words[1]!, scope)).toMatchObject([
      { prefix: "/mnt/", reason: expect.stringContaining("loop") },
    ]);
  });
});
