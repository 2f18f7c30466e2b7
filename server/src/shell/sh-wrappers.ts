import type { Word } from "./sh-ast.ts";

export interface Unwrapped {
  name?: string;
  nameWord?: Word;
  args: Word[];
  via: string[];
  moreArgs: boolean;
}

interface Wrapper {
  readonly valued: string;
  readonly operands?: number;
  /** It also takes a text with commands behind `-c`, and then no command. */
  readonly takesText?: boolean;
  /** It runs a command only with one of these options. */
  readonly needs?: readonly string[];
}

/** Programs that run the command behind their own options, with the options that take a word of their own. */
const WRAPPERS: Readonly<Record<string, Wrapper>> = {
  builtin: { valued: "" },
  busybox: { valued: "" },
  chroot: { valued: "", operands: 1 },
  chrt: { valued: "-p -T -P -D --sched-runtime --sched-period --sched-deadline", operands: 1 },
  command: { valued: "" },
  doas: { valued: "-u -C" },
  env: { valued: "-u -C -S --unset --chdir" },
  exec: { valued: "-a" },
  flock: { valued: "-w -E --timeout --wait --conflict-exit-code", operands: 1, takesText: true },
  ionice: { valued: "-c -n -p --class --classdata" },
  nice: { valued: "-n --adjustment" },
  nohup: { valued: "" },
  runuser: {
    valued: "-u -g -G -w --user --group --supp-group --whitelist-environment",
    takesText: true,
    needs: ["-u", "--user"],
  },
  setpriv: { valued: "--reuid --regid --groups --securebits" },
  setsid: { valued: "" },
  stdbuf: { valued: "-i -o -e --input --output --error" },
  sudo: { valued: "-u -g -h -p -C -D -R -T --user --group" },
  "systemd-cat": { valued: "-t -p --identifier --priority --stderr-priority" },
  "systemd-inhibit": { valued: "" },
  "systemd-run": {
    valued: "-u -p -t -E -H -M -d --unit --property --setenv --uid --gid --slice --description --working-directory",
  },
  taskset: { valued: "", operands: 1 },
  time: { valued: "-f -o --format --output" },
  timeout: { valued: "-k -s --kill-after --signal", operands: 1 },
  unshare: { valued: "-S -G -R -w --setuid --setgid --root --wd" },
  xargs: { valued: "-a -d -E -I -L -n -P -s --arg-file --delimiter --max-args --max-procs --replace --max-lines" },
};

/** `-c` of `flock`, `su`, `script` and their like, also behind other letters, and its long forms. */
export const TEXT_OPTION = /^(?:-[A-Za-z]*c|--(?:session-)?command(?:=.*)?)$/s;

/** Finds the program that the words of a simple command run, behind `sudo`, `exec`, `xargs` and their like. */
export function unwrapCommand(words: readonly Word[]): Unwrapped {
  const via: string[] = [];
  let at = 0;
  for (;;) {
    const nameWord = words[at];
    const moreArgs = via.includes("xargs");
    if (!nameWord) return { args: [], via, moreArgs };
    const name = programName(nameWord);
    const args = words.slice(at + 1);
    // `command -v` only asks where a program is.
    const asks = name === "command" && /^-[vV]$/.test(args[0]?.literal ?? "");
    const wrapper = name === undefined || asks ? undefined : WRAPPERS[name];
    const inner = wrapper ? wrappedAt(args, wrapper) : undefined;
    if (name === undefined) return { nameWord, args, via, moreArgs };
    if (inner === undefined || inner >= args.length) return { name, nameWord, args, via, moreArgs };
    via.push(name);
    at += 1 + inner;
  }
}

/** The index of the wrapped command among a wrapper's arguments; undefined when an unknown word hides it. */
function wrappedAt(
  args: readonly Word[],
  { valued, operands = 0, takesText = false, needs }: Wrapper,
): number | undefined {
  if (
    needs &&
    !args.some(({ literal }) => needs.some((option) => literal === option || literal?.startsWith(`${option}=`)))
  )
    return undefined;
  const takesValue = new Set(valued.split(" "));
  let at = 0;
  let left = operands;
  for (; at < args.length; at += 1) {
    const text = args[at]?.literal ?? leadingLiteral(args[at]!);
    if (takesText && TEXT_OPTION.test(text)) return undefined;
    if (text.startsWith("-") && text !== "-") {
      if (takesValue.has(text)) at += 1;
      if (text === "--") return at + 1;
    } else if (/^[A-Za-z_]\w*=/.test(text)) continue;
    else if (left > 0) left -= 1;
    else return at;
  }
  return undefined;
}

/** The last component of the program's path, known as soon as everything behind the last slash is literal. */
function programName(word: Word): string | undefined {
  let tail = "";
  for (const part of word.parts.toReversed()) {
    if (part.kind !== "literal") return tail.includes("/") ? afterSlash(tail) : undefined;
    tail = part.value + tail;
  }
  return afterSlash(tail) || undefined;
}

function afterSlash(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

function leadingLiteral(word: Word): string {
  const [first] = word.parts;
  return first?.kind === "literal" ? first.value : "";
}
