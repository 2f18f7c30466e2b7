import type { ZodType } from "zod";
import type { RemoteRecord } from "./record-reader.ts";

/** Something that can be asked of a host: scripts, what their records mean, and the form of the answer. */
export interface Verb<Result> {
  readonly name: string;
  /** Parts of one POSIX sh script, in order. They find their arguments in "$@". */
  readonly scripts: readonly string[];
  /** Whether the scripts are of no use to another account than root: then they are not run, and a password is asked for. */
  readonly needsRoot?: boolean;
  /**
   * Whether the answer is given before the host's side has cleaned up, which it does all the same: for what changes
   * nothing but a temporary snapshot of its own.
   */
  readonly answersEarly?: boolean;
  /** Builds the answer of the records of a script that ran to its end. `clientSeconds`: time of the client, Unix seconds. */
  readonly read: (records: readonly RemoteRecord[], clientSeconds: number) => Result;
  readonly schema: ZodType<Result>;
}
