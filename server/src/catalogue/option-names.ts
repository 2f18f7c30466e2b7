import data from "./data/option-names.json" with { type: "json" };

/** The names of NixOS's options below a name. Read as far as somebody asks: a host sets few of them. */
export class OptionNames {
  /** Whether the option, or one below, has had its name for years. */
  readonly isSettled: boolean;
  private readonly text: string | readonly string[];
  private belowMemo: ReadonlyMap<string, OptionNames> | undefined;

  /** `text` has the names with what is below each in parentheses, as scripts/option-names.mjs writes them. */
  constructor(text: string | readonly string[], isSettled: boolean) {
    this.text = text;
    this.isSettled = isSettled;
  }

  /** Whether there is anything below. */
  get isGroup(): boolean {
    return this.text.length > 0;
  }

  /** Whether any name may follow beside those that are listed. */
  get isOpen(): boolean {
    return this.below.has("?");
  }

  /** What is at one more name; undefined where NixOS has no such option. */
  at(name: string): OptionNames | undefined {
    return this.below.get(name) ?? this.below.get("*");
  }

  /** The names that have been there for years; none where any name may stand. */
  settled(): readonly string[] {
    return this.below.has("*") ? [] : settledOf(this.below);
  }

  private get below(): ReadonlyMap<string, OptionNames> {
    const { text } = this;
    this.belowMemo ??= new Map((typeof text === "string" ? partsOf(text) : text).map(entryOf));
    return this.belowMemo;
  }
}

/** The names in a group that have been there for years. */
export function settledOf(names: ReadonlyMap<string, OptionNames>): readonly string[] {
  return [...names].flatMap(([name, { isSettled }]) => (isSettled ? [name] : []));
}

function entryOf(text: string): readonly [string, OptionNames] {
  const opening = text.indexOf("(");
  const name = opening < 0 ? text : text.slice(0, opening);
  const isSettled = name.endsWith("!");
  const below = opening < 0 ? "" : text.slice(opening + 1, -1);
  return [isSettled ? name.slice(0, -1) : name, new OptionNames(below, isSettled)];
}

/** The parts between the spaces that are in no parentheses. */
function partsOf(text: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let start = 0;
  for (let at = 0; at <= text.length; at++) {
    const unit = text[at];
    if (unit === "(") depth++;
    else if (unit === ")") depth--;
    else if (depth === 0 && (unit === " " || unit === undefined)) {
      parts.push(text.slice(start, at));
      start = at + 1;
    }
  }
  return parts;
}

let all: ReadonlyMap<string, OptionNames> | undefined;

/** The names of NixOS's options by the first of them; put together when they are first asked for. */
export function optionNames(): ReadonlyMap<string, OptionNames> {
  all ??= new Map(Object.entries(data.options).map(([name, texts]) => [name, new OptionNames(texts, true)]));
  return all;
}
