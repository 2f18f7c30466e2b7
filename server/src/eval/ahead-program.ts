import type { LambdaExpr, Program } from "../syntax/expr.ts";

/**
 * A program without its path and text, to be read again piece by piece: most of a library's functions are never called,
 * and reading them costs time and memory at every start.
 */
export interface AheadProgram {
  /** JSON of the program. In place of the body of a longer function stands a number, its index in `bodies`. */
  readonly program: string;
  /** JSON of the bodies, written like the program. */
  readonly bodies: readonly string[];
}

type Written = Omit<Program, "path" | "text">;

/** Bodies that are shorter, as JSON, stay where they are. */
const LONG = 500;

/** Writes a program so that {@link readAhead} can read it. */
export function writeAhead({ root, comments, problems }: Written): AheadProgram {
  const bodies: string[] = [];
  /** A copy in which the longer bodies are set aside, the inner ones first. */
  const cut = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(cut);
    if (typeof value !== "object" || value === null) return value;
    const copy: Record<string, unknown> = {};
    for (const [key, inner] of Object.entries(value)) copy[key] = cut(inner);
    if (copy.kind !== "lambda") return copy;
    const body = JSON.stringify(copy.body);
    return body.length < LONG ? copy : { ...copy, body: bodies.push(body) - 1 };
  };
  return { program: JSON.stringify(cut({ root, comments, problems } satisfies Written)), bodies };
}

/** The program, with bodies of functions that are read when they are looked at. */
export function readAhead({ program, bodies }: AheadProgram): Written {
  const read = (text: string) => {
    const value: unknown = JSON.parse(text);
    connect(value);
    return value;
  };
  /** Puts the way to its body where a number stands for it. */
  const connect = (value: unknown): void => {
    if (typeof value !== "object" || value === null) return;
    if (isSetAside(value)) {
      const text = bodies[value.body] as string;
      let body: unknown;
      Object.defineProperty(value, "body", {
        get: () => {
          body ??= read(text);
          return body;
        },
        enumerable: true,
      });
      for (const formal of value.formals ?? []) connect(formal);
      return;
    }
    for (const inner of Object.values(value)) connect(inner);
  };
  return read(program) as Written;
}

function isSetAside(value: object): value is Omit<LambdaExpr, "body"> & { body: number } {
  return (value as LambdaExpr).kind === "lambda" && typeof (value as { body: unknown }).body === "number";
}
