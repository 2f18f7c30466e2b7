import { type FixPlan, offer } from "../../edits/fix-plan.ts";
import { replaceTextAt } from "../../edits/place-edit.ts";
import type { Place } from "../../eval/origin.ts";
import { HOLE } from "../../eval/value.ts";
import type { Unit } from "../../host/host.ts";
import { perItem } from "../../host/per-item.ts";
import { mentioned, readTexts } from "../../host/read-values.ts";
import { defineRule, type RuleContext } from "../rule.ts";

/** A command of a service that is written for a shell, or with a `%` that systemd takes for its own. */
export const shellSyntaxInCommand = defineRule({
  code: "IMP726",
  name: "shell-syntax-in-command",
  group: "units",
  severity: "error",
  since: "0.1.0",

  check(context) {
    for (const found of commandsWithSyntax(context.host.units)) {
      if (found.kind === "shell") reportShell(context, found);
      else reportPercent(context, found);
    }
  },
});

interface Found {
  readonly unit: Unit;
  readonly setting: string;
  readonly kind: "shell" | "unknown-specifier" | "date-format";
  /** What is at fault, as it is written. */
  readonly text: string;
  readonly place: Place | undefined;
}

const SETTINGS = [
  ...["ExecCondition", "ExecStartPre", "ExecStart", "ExecStartPost", "ExecReload", "ExecStop", "ExecStopPost"],
];

const commandsWithSyntax = perItem((unit: Unit): readonly Found[] => {
  if (unit.certain.answer !== "yes") return [];
  return mentioned(unit.node, ["serviceConfig"]).flatMap((name) => {
    const config = unit.node.child(name);
    return mentioned(config, SETTINGS).flatMap((setting) =>
      readTexts(config.child(setting)).texts.flatMap(({ text, certain, place }): Found[] => {
        // What a package or another file puts in is not seen here.
        if (certain.answer !== "yes" || text.includes(HOLE) || text.includes("\n")) return [];
        const script = unit.scripts.find((one) => one.text === text);
        const at = (start: number, end: number) => script?.placeOf(start, end) ?? place ?? script?.place;
        return [shellSyntax(text), percent(text)].flatMap((one) =>
          one ? [{ unit, setting, ...one, place: at(one.start, one.start + one.text.length) }] : [],
        );
      }),
    );
  });
});

interface Fault {
  readonly kind: Found["kind"];
  readonly text: string;
  readonly start: number;
}

/** Programs that hand their arguments to a shell, here or elsewhere. */
const RUNS_SHELL =
  /^(sh|ash|bash|dash|fish|ksh|zsh|nu|busybox|env|eval|expect|flock|nix-shell|nix|nsenter|parallel|perl|python[\d.]*|runuser|script|ssh|su|sudo|systemd-run|timeout|watch|xargs|tmux|screen|docker|podman|jq|yq|awk|gawk|sed)$/;

/** What only a shell understands, as a word of its own; a lone `;` is systemd's as well. */
const OPERATOR = /^(\||\|\||&&|[12&]?>>?|<|<<<?|2>&1|1>&2|[12&]?>>?[/$][^\s]*)$/;

function shellSyntax(command: string): Fault | undefined {
  const words = wordsOf(command);
  const program =
    words[0]?.text
      .replace(/^[@:+!|-]+/, "")
      .split("/")
      .at(-1) ?? "";
  if (program === "" || RUNS_SHELL.test(program)) return undefined;
  for (const { text, start, isQuoted } of words.slice(1)) {
    if (!isQuoted && OPERATOR.test(text)) return { kind: "shell", text, start };
    const inner = /\$\([^)]|`[^`]+`/.exec(text);
    if (inner)
      return {
        kind: "shell",
        text: command.slice(start + inner.index, end(command, start + inner.index)),
        start: start + inner.index,
      };
  }
  return undefined;
}

/** Up to the end of what stands in `$(…)` or between backquotes. */
function end(command: string, start: number): number {
  const close = command.indexOf(command[start] === "`" ? "`" : ")", start + 1);
  return close < 0 ? command.length : close + 1;
}

interface Word {
  readonly text: string;
  readonly start: number;
  readonly isQuoted: boolean;
}

/** The words of a command, as systemd.syntax(7) has them, with their quotes. `$(…)` counts as one word. */
function wordsOf(command: string): readonly Word[] {
  const pattern = /(?:\$\([^)]*\)|"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|\\.|[^\s"'\\])+/g;
  return [...command.matchAll(pattern)].map((match) => ({
    text: match[0],
    start: match.index,
    isQuoted: /^["']/.test(match[0]),
  }));
}

/** Letters that systemd fills in. Source of truth: systemd.unit(5), and `systemd-analyze verify` of 252; `%D` is newer. */
const SPECIFIERS = /[abcdfghijlmnopqrstuvwyABCDEGHIJLMNPRSTUVWY%]/;

function percent(command: string): Fault | undefined {
  for (const match of command.matchAll(/%(%|[A-Za-z0-9])/g)) {
    if (!SPECIFIERS.test(match[1] ?? "")) return { kind: "unknown-specifier", text: match[0], start: match.index };
  }
  // Letters of dates that are specifiers as well, and in this order nothing but a date.
  const date =
    /(?<!%)%(?:Y[-_.]?%m(?:[-_.]?%d)?|H[-:_.]?%M(?:[-:_.]?%S)?)/.exec(command) ??
    /(?<=\bdate\b[^|;]*\+["']?)%[A-Za-z]/.exec(command);
  return date ? { kind: "date-format", text: date[0], start: date.index } : undefined;
}

function reportShell({ report }: RuleContext, { unit, setting, text, place }: Found): void {
  report({
    at: place,
    message: `\`${setting}\` of \`${unit.name}\` is run without a shell: systemd hands ${handed(text)}.`,
    help:
      setting === "ExecStart"
        ? "Write the command as `script`, which NixOS runs with bash, or make it a script: pkgs.writeShellScript."
        : "Make it a script: pkgs.writeShellScript.",
    related: [{ place: unit.place, message: "the service is declared here" }],
  });
}

function handed(text: string): string {
  if (text.startsWith("`")) return "what is between the backquotes to the program as it is written";
  if (text.startsWith("$(")) return `\`${text}\` to the program as it is written`;
  return `\`${text}\` and what follows to the program as arguments`;
}

function reportPercent(context: RuleContext, { unit, setting, kind, text, place }: Found): void {
  const meant = text.replaceAll("%", "%%");
  context.report({
    at: place,
    severity: kind === "unknown-specifier" ? "error" : "warning",
    message:
      kind === "unknown-specifier"
        ? `systemd reads \`${text}\` in \`${setting}\` of \`${unit.name}\` as one of its specifiers, also between quotes, and knows none of that name: "Failed to resolve unit specifiers". The unit is refused and never starts.`
        : `systemd fills in \`${text}\` in \`${setting}\` of \`${unit.name}\` before the program sees it, also between quotes: %m is the machine's id, %d the directory of credentials, %H the host's name, and none of them is a part of a date.`,
    help: `Write ${meant}; what is in \`script\` is left alone.`,
    related: [{ place: unit.place, message: "the service is declared here" }],
    fixes: (): readonly FixPlan[] =>
      offer(replaceTextAt(context, place, text, meant), {
        title: `Write ${meant}`,
        safety: "unsafe",
        preferred: true,
        note: `The command of \`${unit.name}\` does from then on what it says.`,
      }),
  });
}
