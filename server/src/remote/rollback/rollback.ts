import type { ZodType } from "zod";
import type { Filesystem } from "../filesystems.ts";
import { findSubvolume, mountPointsOf } from "../find-subvolume.ts";
import { isoTime } from "../iso-time.ts";
import { refusalWords } from "../refusal-words.ts";
import type { Argument, Plan, RemoteCommand, RemoteSession } from "../remote-command.ts";
import { TransportError } from "../transport-error.ts";
import { type RollbackOrder, usersInWords, whyNotNow, whyNotOrder } from "./rollback-checks.ts";
import { pathFatesNote } from "./rollback-notes.ts";
import { type RollbackOptions, type RollbackResult, rollbackOptions, rollbackSchema } from "./rollback-schema.ts";
import { findObstacles, type Obstacles, type RollbackRun, runRollback } from "./rollback-steps.ts";
import { rollbackText } from "./rollback-text.ts";
import { type HostRollbacks, lookAtRollbacks, type RollbackEntry } from "./rollbacks.ts";

/** `rollback`: a subvolume takes the state of a snapshot, and can be taken back. */
export const rollbackCommand: RemoteCommand<RollbackOptions, RollbackResult> = {
  name: "rollback",
  summary: "exchange a data subvolume with a copy of a snapshot, and undo that",
  effect: "destroys",
  options: rollbackOptions as ZodType<RollbackOptions>,
  result: rollbackSchema,
  text: rollbackText,
  run: (host, options, session) => new Rollback(host, options, session).run(),
};

/** Milliseconds: services may take minutes to stop. */
const LIMIT = 900_000;

type Verb = "rollback" | "undo" | "discard" | "repair";

const DID = {
  rollback: "rolled-back",
  undo: "undone",
  discard: "discarded",
  repair: "repaired",
} as const;

interface Refused {
  readonly result: RollbackResult;
}
interface Checked {
  readonly obstacles: Obstacles;
  readonly notes: readonly string[];
}
interface Entry {
  readonly entry: RollbackEntry;
  readonly filesystem: Filesystem;
}

class Rollback {
  readonly #host: string;
  readonly #options: RollbackOptions;
  readonly #session: RemoteSession;

  constructor(host: string, options: RollbackOptions, session: RemoteSession) {
    this.#host = host;
    this.#options = options;
    this.#session = session;
  }

  async run(): Promise<RollbackResult> {
    const { subvolume, undo, discard, repair } = this.#options;
    this.#session.progress(`Looking at ${this.#host}`, 0);
    const seen = await this.#session.call(lookAtRollbacks);
    if (seen.host.why !== undefined) return refused(seen.host.why, seen);
    if (subvolume !== undefined) return this.#rollBack(seen);
    if (undo !== undefined) return this.#undo(seen, undo);
    if (discard !== undefined) return this.#discard(seen, discard);
    if (repair) return this.#repair(seen);
    return { ...refused(undefined, seen), done: true, did: "listed" };
  }

  async #rollBack(seen: HostRollbacks): Promise<RollbackResult> {
    const { subvolume: name = "", snapshot: from = "", unrelated, atNextBoot, stop } = this.#options;
    const subvolume = findSubvolume(seen.host, name);
    if (!subvolume.ok) return refused(subvolume.why, seen);
    const snapshot = findSubvolume(seen.host, from);
    if (!snapshot.ok) return refused(snapshot.why, seen);
    const order = { subvolume: subvolume.found, snapshot: snapshot.found, unrelated, atNextBoot, stop };
    const checked = await this.#check(order, seen);
    if ("result" in checked) return checked.result;
    const { subvolume: current, filesystem } = subvolume.found;
    const source = snapshot.found.subvolume;
    const lines = [
      `${current.path} takes the state of ${source.path}${source.created === undefined ? "" : `, of ${isoTime(source.created)}`}`,
      "what is there now is kept, and --undo brings it back",
      ...this.#howLines(order, checked.obstacles),
      ...checked.notes,
    ];
    const plan: Plan = { title: `Roll back ${current.path} on ${this.#host}?`, lines };
    if (!(await this.#session.confirm(plan))) return refused(NOBODY, seen, checked.notes);
    const id = `${timeName(seen.host.clock)}-${globalThis.crypto.randomUUID().slice(0, 8)}`;
    const words = [current.id, current.uuid, source.id, source.uuid].map((word) => String(word));
    return this.#do("rollback", id, filesystem.index, [...words, ...stop], checked.notes);
  }

  async #undo(seen: HostRollbacks, id: string): Promise<RollbackResult> {
    const { atNextBoot, stop } = this.#options;
    const found = this.#entry(seen, id);
    if ("result" in found) return found.result;
    const { entry, filesystem } = found;
    const subvolume = filesystem.subvolumes.find(({ path }) => path === entry.path);
    if (!subvolume || entry.state === "superseded")
      return refused(`something else is at ${entry.path} now; undo what was done after it first`, seen);
    if (entry.state === "half-done") return refused("it is half done; --repair brings it to an end first", seen);
    if (entry.pending.length > 0)
      // What is mounted is what comes back: nothing has to be stopped or mounted.
      return this.#undoPending(seen, entry, filesystem.index);
    const order = { subvolume: { filesystem, subvolume }, snapshot: undefined, unrelated: true, atNextBoot, stop };
    const checked = await this.#check(order, seen);
    if ("result" in checked) return checked.result;
    const back = entry.state === "undone" ? `the state of ${entry.from} again` : "what was there before the rollback";
    const lines = [`${entry.path} takes ${back}`, ...this.#howLines(order, checked.obstacles), ...checked.notes];
    if (!(await this.#session.confirm({ title: `Undo ${id} on ${this.#host}?`, lines }))) return refused(NOBODY, seen);
    return this.#do("undo", id, filesystem.index, stop, checked.notes);
  }

  async #undoPending(seen: HostRollbacks, entry: RollbackEntry, index: number): Promise<RollbackResult> {
    const lines = [`${entry.path} becomes again what is mounted at ${entry.pending.join(", ")}; nothing is stopped`];
    const title = `Undo ${entry.id} on ${this.#host}?`;
    if (!(await this.#session.confirm({ title, lines }))) return refused(NOBODY, seen);
    return this.#do("undo", entry.id, index, [], [], true);
  }

  async #discard(seen: HostRollbacks, id: string): Promise<RollbackResult> {
    const found = this.#entry(seen, id);
    if ("result" in found) return found.result;
    const { entry, filesystem } = found;
    if (entry.state === "half-done") return refused("it is half done; --repair brings it to an end first", seen);
    if (entry.pending.length > 0)
      return refused(`${entry.pending.join(", ")} still shows the old data; restart the host first`, seen);
    const what = entry.state === "undone" ? `the state of ${entry.from}` : "what was there before the rollback";
    const lines = [`${what} of ${entry.path} is deleted, and cannot be brought back`];
    const title = `Delete what ${id} kept on ${this.#host}?`;
    if (!(await this.#session.confirm({ title, lines, typed: entry.path }))) return refused(NOBODY, seen);
    return this.#do("discard", id, filesystem.index, [], []);
  }

  async #repair(seen: HostRollbacks): Promise<RollbackResult> {
    const broken = seen.rollbacks.filter(({ state }) => state === "half-done" || state === "being-discarded");
    if (broken.length === 0) return { ...refused(undefined, seen), done: true, did: "repaired" };
    const lines = broken.map(({ id, path, state }) =>
      state === "half-done"
        ? `${path}: finish ${id} if the exchange was made, or else take it back`
        : `${path}: finish deleting what ${id} kept`,
    );
    if (!(await this.#session.confirm({ title: `Repair ${this.#host}?`, lines }))) return refused(NOBODY, seen);
    return this.#do("repair", "none", 0, [], []);
  }

  #entry({ host, rollbacks }: HostRollbacks, id: string): Entry | Refused {
    const entry = rollbacks.find((one) => one.id === id);
    const filesystem = host.filesystems.find(({ uuid }) => uuid === entry?.filesystem);
    if (entry && filesystem) return { entry, filesystem };
    const known = rollbacks.map((one) => one.id).join(", ");
    return {
      result: refused(`there is no rollback ${id}; there ${known === "" ? "are none" : `is ${known}`}`, {
        host,
        rollbacks,
      }),
    };
  }

  async #check(order: RollbackOrder, seen: HostRollbacks): Promise<Checked | Refused> {
    const { subvolume, filesystem } = order.subvolume;
    const wrong = whyNotOrder(order);
    if (wrong !== undefined) return { result: refused(wrong, seen) };
    const args = [String(filesystem.index), String(subvolume.id), ...order.stop];
    const obstacles = await this.#session.call(findObstacles, { args });
    const why = whyNotNow(order, obstacles, this.#session.configured?.facts);
    if (why !== undefined) return { result: { ...refused(why, seen), usedBy: [...obstacles.usedBy] } };
    const places = mountPointsOf(order.subvolume);
    return { obstacles, notes: await pathFatesNote(places, this.#session.configured) };
  }

  #howLines(order: RollbackOrder, { usedBy, exchanges, units }: Obstacles): string[] {
    const places = mountPointsOf(order.subvolume);
    const lines = exchanges ? [] : ["the host cannot exchange two names at once: for a moment there is neither"];
    if (places.length === 0) return [...lines, "it is mounted nowhere"];
    if (order.atNextBoot)
      return [
        ...lines,
        `${places.join(", ")} shows the old data until the host is restarted; what is written until then is in the old data`,
      ];
    const running = units.filter(({ active }) => active === "active" || active === "activating");
    if (running.length > 0) lines.push(`stopped meanwhile: ${running.map(({ name }) => name).join(", ")}`);
    if (usedBy.length > 0) lines.push(`in use by ${usersInWords(usedBy)}; if that is still so then, nothing is done`);
    return [...lines, `mounted anew: ${places.join(", ")}`];
  }

  async #do(
    verb: Verb,
    id: string,
    index: number,
    words: readonly Argument[],
    notes: readonly string[],
    keepMounts = this.#options.atNextBoot,
  ): Promise<RollbackResult> {
    this.#session.progress(`${verb} ${id}`, 0.5);
    const args = [verb, id, String(index), keepMounts ? "yes" : "no", ...words];
    let run: RollbackRun;
    try {
      run = await this.#session.call(runRollback, { args, limit: LIMIT });
    } catch (error) {
      if (!(error instanceof TransportError)) throw error;
      const rest = `Whether it was done is not known; what is on the disk is the old or the new state, whole. “remote rollback ${this.#host}” shows which, and --repair brings it to an end.`;
      throw new TransportError(error.code, `${error.message} ${rest}`);
    }
    const seen = await this.#session.call(lookAtRollbacks);
    const settled = run.settled
      .filter((one) => one.id !== id)
      .map(({ id: other, how, path }) => SETTLED(other, how, path));
    const elsewhere = run.elsewhere.map(
      (user) => `${usersInWords([user])} has mounts of its own, and sees the other data until it is restarted.`,
    );
    const all = [...notes, ...settled, ...elsewhere, ...run.troubles];
    if (run.refused) {
      const why = wordsOf(run);
      return { ...refused(why, seen, all), usedBy: [...run.usedBy] };
    }
    const entry = seen.rollbacks.find((one) => one.id === id);
    const pending = [...new Set([...run.pending, ...(entry?.pending ?? [])])];
    const trouble = run.troubles[0];
    return {
      ...{
        done: trouble === undefined,
        ...(trouble === undefined ? {} : { why: `the data is exchanged, but ${trouble}` }),
      },
      ...{ did: DID[verb], ...(verb === "repair" ? {} : { id }), pending, usedBy: [] },
      ...{ rollbacks: [...seen.rollbacks], notes: all },
    };
  }
}

const NOBODY = "nothing was done, as nobody said yes";

const SETTLED = (id: string, how: string, path: string) => {
  if (how === "dropped")
    return `The rollback ${id} of ${path}, which was interrupted before the exchange, was taken back.`;
  if (how === "finished") return `The rollback ${id} of ${path}, which was interrupted, was brought to its end.`;
  return `What ${id} of ${path} had kept was deleted to the end.`;
};

function refused(why: string | undefined, seen: HostRollbacks, notes: readonly string[] = []): RollbackResult {
  const empty = { pending: [], usedBy: [], rollbacks: [...seen.rollbacks], notes: [...notes] };
  return { ...empty, done: false, ...(why === undefined ? {} : { why }) };
}

/** Seconds of the host's clock as part of a name. */
function timeName(seconds: number): string {
  return isoTime(seconds).replace(/[-:]/g, "").replace("T", "-").slice(0, 15);
}

function wordsOf({ refused: refusal, usedBy }: RollbackRun): string {
  const { reason = "", detail = "" } = refusal ?? {};
  switch (reason) {
    case "gone":
      return "the subvolume or the snapshot is not there any more; try again";
    case "nested":
      return `there are subvolumes inside of ${detail}, which no snapshot holds`;
    case "busy": {
      const who = usedBy.length > 0 ? ` by ${usersInWords(usedBy)}` : ", but by what cannot be seen";
      return `${detail} is in use${who}. Stop its unit meanwhile with --stop, or use --at-next-boot. Nothing was changed`;
    }
    case "unit-stop":
      return `a unit could not be stopped: ${detail}. Nothing was changed`;
    case "superseded":
      return `something else is at ${detail} now; undo what was done after it first`;
    case "no-rollback":
      return "that rollback is not there any more";
    case "still-mounted":
      return `the data of ${detail} that was to be deleted is still mounted`;
    default:
      return `${refusalWords(reason, detail)}. Nothing was changed`;
  }
}
