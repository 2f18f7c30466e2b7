import { budget } from "../budget.ts";
import type { BuiltinDefinition, Call } from "../builtin.ts";
import { stringOf } from "../coerce.ts";
import { jsonText } from "../json.ts";
import { NixError } from "../nix-error.ts";
import { placeOf } from "../origin.ts";
import { Cell, NixAttrs, NixFloat, NixList, UnknownSignal, type Value } from "../value.ts";
import { chargeElements } from "./limits.ts";

/** Builtins that read and write JSON. */
export const jsonBuiltins: readonly BuiltinDefinition[] = [
  { name: "fromJSON", arity: 1, body: ([text], call) => parseJson(stringOf(text!, call.at), call) },
  {
    name: "toJSON",
    arity: 1,
    body: ([value]) => {
      const text = jsonText(value!);
      if (typeof text !== "string") throw new UnknownSignal(text.unknown);
      return text;
    },
  },
];

/** Reads JSON; a number without fraction and exponent is an integer, as far as 64 bits go. */
export function parseJson(text: string, call: Call): Value {
  return new JsonReader(text, call).document();
}

const NUMBER = /-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?/y;
const PLAIN = /[^"\\\u0000-\u001f]*/y;
const SPACE = /[ \t\r\n]*/y;
const ESCAPES: Record<string, string> = {
  '"': '"',
  "\\": "\\",
  "/": "/",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
};

class JsonReader {
  private readonly text: string;
  private readonly call: Call;
  private at = 0;

  constructor(text: string, call: Call) {
    this.text = text;
    this.call = call;
  }

  document(): Value {
    const value = this.value();
    this.space();
    if (this.at < this.text.length) this.fail("unexpected text after the value");
    return value;
  }

  private value(): Value {
    this.space();
    const start = this.text[this.at];
    if (start === "{") return this.nested(() => this.object());
    if (start === "[") return this.nested(() => this.array());
    if (start === '"') return this.string();
    for (const [word, value] of [
      ["true", true],
      ["false", false],
      ["null", null],
    ] as const) {
      if (this.text.startsWith(word, this.at)) {
        this.at += word.length;
        return value;
      }
    }
    return this.number();
  }

  private nested(run: () => Value): Value {
    budget.enter();
    try {
      return run();
    } finally {
      budget.leave();
    }
  }

  private object(): Value {
    const cells = new Map<string, Cell>();
    this.sequence("}", () => {
      this.space();
      if (this.text[this.at] !== '"') this.fail("a name in quotes is needed");
      const name = this.string();
      this.space();
      if (this.text[this.at++] !== ":") this.fail("a colon is needed");
      cells.set(name, Cell.of(this.value(), this.call.at));
    });
    return new NixAttrs(cells);
  }

  private array(): Value {
    const cells: Cell[] = [];
    this.sequence("]", () => {
      cells.push(Cell.of(this.value(), this.call.at));
    });
    return NixList.of(cells);
  }

  private sequence(end: string, item: () => void): void {
    this.at++;
    this.space();
    if (this.text[this.at] === end) {
      this.at++;
      return;
    }
    for (;;) {
      chargeElements(1, this.call.at);
      item();
      this.space();
      const next = this.text[this.at++];
      if (next === end) return;
      if (next !== ",") this.fail(`a comma or '${end}' is needed`);
    }
  }

  private string(): string {
    this.at++;
    let out = "";
    for (;;) {
      out += this.match(PLAIN);
      const next = this.text[this.at++];
      if (next === '"') return out;
      if (next !== "\\") this.fail("the text has no end");
      const letter = this.text[this.at++] ?? "";
      if (letter === "u") {
        const digits = this.text.slice(this.at, this.at + 4);
        if (!/^[0-9a-fA-F]{4}$/.test(digits)) this.fail("four hexadecimal digits are needed after \\u");
        if (digits === "0000") this.fail("a text cannot hold the character \\u0000");
        out += String.fromCharCode(Number.parseInt(digits, 16));
        this.at += 4;
      } else {
        out += ESCAPES[letter] ?? this.fail(`unknown escape '\\${letter}'`);
      }
    }
  }

  private number(): Value {
    const digits = this.match(NUMBER);
    if (digits === "") this.fail("a value is needed");
    if (/[.eE]/.test(digits)) return new NixFloat(Number(digits));
    const value = BigInt(digits);
    if (value > 18446744073709551615n || value < -9223372036854775808n) return new NixFloat(Number(digits));
    if (value > 9223372036854775807n) this.fail("an integer is too large");
    const small = Number(value);
    return Number.isSafeInteger(small) ? small : value;
  }

  private match(pattern: RegExp): string {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text)?.[0] ?? "";
    this.at += found.length;
    return found;
  }

  private space(): void {
    this.match(SPACE);
  }

  private fail(problem: string): never {
    const { at } = this.call;
    throw new NixError("other", `this is not valid JSON: ${problem} at character ${this.at + 1}`, at && placeOf(at));
  }
}
