import * as z from "zod";
import { converse, type Dialogue } from "../dialogue.ts";
import type { RemoteRecord } from "../record-reader.ts";
import type { Argument, RemoteSession } from "../remote-command.ts";
import { TransportError } from "../transport-error.ts";
import type { Verb } from "../verb.ts";
import { Collector, reading } from "./collect.ts";
import { type Compared, comparedOf } from "./compared.ts";
import { openPaths, withEntries } from "./details.ts";
import { diffScripts } from "./diff-scripts.ts";
import { type HostFacts, readHostFacts } from "./host-facts.ts";
import { refusal } from "./refusal.ts";
import type { RowChange } from "./row-change.ts";

/** A subvolume as the host finds it again. */
export interface Place {
  readonly id: number;
  /** The path from the toplevel in latin1. */
  readonly bytes: string;
  readonly readOnly: boolean;
}

/** Subvolumes of the root's btrfs filesystem. */
export interface SubvolumePair {
  readonly now: Place;
  readonly base: Place | undefined;
  readonly also?: Place | undefined;
  /** Whether an object has the same inode number in both. */
  readonly related: boolean;
  /** Lists are asked for whatever a stream would cost. */
  readonly listsOnly: boolean;
}

/** Folders, of which the first that is there is listed, against another one or against nothing. */
export interface FolderPair {
  readonly folders: readonly string[];
  readonly base: string | undefined;
  readonly related: boolean;
}

const verb: Verb<null> = {
  answersEarly: true,
  name: "diff",
  ...diffScripts,
  schema: z.null(),
  read: () => null,
};
/** A cold walk over half a million files takes a quarter of a minute on a good disk. */
const LIMIT = 600_000;
const NONE: Place = { id: 0, bytes: "", readOnly: true };

/** What makes rows of changes: it knows the catalogue, and is read when there is time. */
export const rowModule = () => import("./rows.ts");

/** One conversation with a host that compares: what it knows, then two trees, then what a stream does not tell. */
export class DiffCall {
  readonly host: string;
  readonly session: RemoteSession;
  readonly facts: HostFacts;
  readonly #dialogue: Dialogue;
  readonly #collector: Collector;

  private constructor(
    host: string,
    session: RemoteSession,
    facts: HostFacts,
    [dialogue, collector]: [Dialogue, Collector],
  ) {
    this.host = host;
    this.session = session;
    this.facts = facts;
    this.#dialogue = dialogue;
    this.#collector = collector;
  }

  /** @throws TransportError when there is no whole answer, and what `talk` throws */
  static run<Result>(host: string, session: RemoteSession, talk: (call: DiffCall) => Promise<Result>): Promise<Result> {
    let told = 0;
    const collector = new Collector((bytes) => {
      // Not of every piece: somebody in another thread is told.
      if (bytes - told < 2 ** 20) return;
      told = bytes;
      session.progress(`${(bytes / 2 ** 20).toFixed(0)} MiB read`);
    });
    const { onRecord, onStream } = collector;
    return reading(host, () =>
      converse(session, verb, { limit: LIMIT, onRecord, onStream }, async (dialogue) => {
        const records = whole(host, collector, await dialogue.next());
        return talk(new DiffCall(host, session, readHostFacts(host, records), [dialogue, collector]));
      }),
    );
  }

  /** Compares two subvolumes. */
  async subvolumes({ now, base, also, related, listsOnly }: SubvolumePair): Promise<Compared> {
    const way = base !== undefined && related && !listsOnly ? "send" : "lists";
    const places = [now, base ?? NONE, also ?? NONE].flatMap(({ id, bytes, readOnly }) => [
      ...[String(id), { bytes }, readOnly ? "ro" : "rw"],
    ]);
    // While the host works, what its answer is held to is read and put in order.
    setImmediate(() => void rowModule().then(({ prepareRows }) => prepareRows()));
    await this.#say("subvolumes", way, ...places);
    return comparedOf(this.#collector, { hasBase: base !== undefined, related });
  }

  /** Lists a folder without what is mounted below it, against another one or against nothing. */
  async folder({ folders, base, related }: FolderPair): Promise<Compared> {
    await this.#say("folder", base ?? "", ...folders);
    return comparedOf(this.#collector, { hasBase: base !== undefined, related });
  }

  /**
   * Looks up owner, size and times of what a stream does not tell them of: objects of the baseline. What has gone since is
   * left as it is.
   */
  async withDetails(changes: readonly RowChange[]): Promise<readonly RowChange[]> {
    if (!this.#collector.send) return changes;
    const paths = openPaths(changes);
    if (paths.length === 0) return changes;
    this.session.progress(`looking at ${paths.length} changed files`);
    await this.#say(...paths.map((path) => ({ bytes: `./${path}` })));
    return withEntries(changes, this.#collector.walks.get("details")?.reader.finish() ?? []);
  }

  async #say(...words: readonly Argument[]): Promise<void> {
    await this.#dialogue.next(...words);
    if (this.#collector.refused) throw refusal(this.host, this.#collector.refused);
  }
}

/** What a script told before it asked. */
function whole(host: string, { refused }: Collector, records: readonly RemoteRecord[] | undefined) {
  if (refused) throw refusal(host, refused);
  if (records) return records;
  throw new TransportError("EPROTOCOL", `The script on ${host} ended before it asked what to compare.`);
}
