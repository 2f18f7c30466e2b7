import type { ZodType } from "zod";
import { type HostFilesystems, look } from "../filesystems.ts";
import { baseOf, findSubvolume } from "../find-subvolume.ts";
import { livePath } from "../live-paths.ts";
import { refusalWords } from "../refusal-words.ts";
import type { Argument, RemoteCommand, RemoteSession } from "../remote-command.ts";
import { TransportError } from "../transport-error.ts";
import { boundNotes, decided, fateNotes, itemNotes, planLine } from "./restore-decisions.ts";
import { restorePaths } from "./restore-paths.ts";
import { type RestoreOptions, type RestoreResult, restoreOptions, restoreSchema } from "./restore-schema.ts";
import { type Applied, applyItems, findItems, placeArguments } from "./restore-steps.ts";
import { restoreText } from "./restore-text.ts";

/** `restore`: chosen paths from a snapshot or an archived root, put back onto the running host. */
export const restoreCommand: RemoteCommand<RestoreOptions, RestoreResult> = {
  name: "restore",
  summary: "put chosen paths back from a snapshot or an archived root",
  effect: "changes",
  options: restoreOptions as ZodType<RestoreOptions>,
  result: restoreSchema,
  text: restoreText,
  run: restore,
};

/** Milliseconds. Comparing folders and copying what cannot be shared takes its time; both can be cancelled. */
const LIMIT = 3_600_000;

async function restore(host: string, options: RestoreOptions, session: RemoteSession): Promise<RestoreResult> {
  const refused = (why: string): RestoreResult => ({ done: false, why, items: [], notes: [] });
  session.progress(`Looking at ${host}`, 0);
  const found = await session.call(look);
  if (found.why !== undefined) return refused(found.why);
  const snapshot = findSubvolume(found, options.snapshot);
  if (!snapshot.ok) return refused(snapshot.why);
  const { filesystem, subvolume } = snapshot.found;
  if (subvolume.uuid === undefined) return refused(`${subvolume.path} has no uuid; it comes from a very old kernel`);
  const place =
    options.base === undefined ? baseOf(snapshot.found, found) : { base: options.base.replace(/(.)\/+$/, "$1") };
  if (!("base" in place)) {
    const which = place.candidates.length > 0 ? `it could be ${place.candidates.join(" or ")}` : "nothing says so";
    const why = `which folder ${subvolume.path} is a snapshot of is not known: ${which}. Name it with --base`;
    return { ...refused(why), candidates: [...place.candidates] };
  }
  const latin1 = (text: string) => Buffer.from(text, "utf8").toString("latin1");
  const top = options.fromTop && place.base !== "/" ? latin1(place.base) : "";
  const given = [
    ...options.paths.map(latin1),
    ...options.pathBytes.map((one) => Buffer.from(one, "base64").toString("latin1")),
  ].map((path) => (options.fromTop ? `${top}/${path.replace(/^\/+/, "")}` : path));
  if (given.length === 0) return refused("no path is named");
  const elsewhere = (path: string) => inMountedBase(found, place.base, path);
  const to = options.to === undefined ? undefined : latin1(options.to);
  const paths = restorePaths(given, latin1(place.base), to, elsewhere);
  if (!paths.ok) return refused(paths.why);
  const target = { id: subvolume.id, uuid: subvolume.uuid };
  const args = placeArguments(filesystem.index, target, paths.paths);

  session.progress("Comparing with the snapshot", 0.2);
  const plan = await session.call(findItems, { args, limit: LIMIT });
  if (plan.refused) return refused(wordsOf(plan.refused.reason, plan.refused.detail));
  const about = { snapshot: subvolume.path, base: place.base };
  const items = plan.items.map((item) => decided(item, options.overwrite));
  const wanted = items.filter(({ action }) => action === "restore" || action === "replace");
  const notes = [
    ...itemNotes(plan),
    ...boundNotes(wanted, found.mounts),
    ...(await fateNotes(items, session.configured)),
  ];
  if (wanted.length === 0) {
    const why = items.every(({ state }) => state === "same")
      ? "all of it is there as in the snapshot"
      : "nothing can be restored";
    return { ...about, done: items.every(({ state }) => state === "same"), why, items, notes };
  }
  const lines = [...items.map(planLine), ...notes];
  const title = `Restore ${wanted.length === 1 ? "1 path" : `${wanted.length} paths`} on ${host} from ${subvolume.path}?`;
  if (!(await session.confirm({ title, lines })))
    return { ...about, done: false, why: "nothing was done, as nobody said yes", items, notes };

  session.progress(`Copying ${wanted.length} paths`, 0.4);
  const request = globalThis.crypto.randomUUID();
  const applied = await applyOnce(session, [request, options.overwrite ? "yes" : "no", ...args]);
  return { ...about, ...outcome(applied, options.overwrite, wanted.length), notes };
}

/**
 * Where a path of the running host lies in the folder that is mounted at `base`, when it is bound from there, as an entry of a
 * store is. Both paths in latin1.
 */
function inMountedBase(host: HostFilesystems, base: string, path: string): string | undefined {
  const text = Buffer.from(path, "latin1").toString("utf8");
  const [top, live] = [livePath(host, base), livePath(host, text)];
  if (!top || live?.filesystem !== top.filesystem) return undefined;
  const prefix = top.path === "" ? "" : `${top.path}/`;
  if (!live.path.startsWith(prefix)) return undefined;
  return Buffer.from(live.path.slice(prefix.length), "utf8").toString("latin1");
}

async function applyOnce(session: RemoteSession, args: readonly Argument[]): Promise<Applied> {
  try {
    return await session.call(applyItems, { args, limit: LIMIT });
  } catch (error) {
    if (!(error instanceof TransportError)) throw error;
    const rest =
      "Each path is the old one or the restored one, whole. The next restore on this host removes what is left over.";
    throw new TransportError(error.code, `${error.message} ${rest}`);
  }
}

/** What came of the items. The host has looked at them once more, so they are taken from there. */
function outcome(applied: Applied, overwrite: boolean, wanted: number): Omit<RestoreResult, "notes"> {
  const items = applied.items.map((found, index) => {
    const item = decided(found, overwrite);
    const put = applied.restored.get(index);
    if (put) return { ...item, restored: true, ...(put.kept === undefined ? {} : { kept: put.kept }) };
    const failed = applied.failed.get(index);
    if (failed === undefined) return item;
    const why = failed === "" ? "it changed while it was being restored" : refusalWords("failed", failed);
    return { ...item, action: "cannot" as const, why };
  });
  if (applied.refused) {
    const why = wordsOf(applied.refused.reason, applied.refused.detail);
    return { done: false, why: `${why}. Nothing was changed`, items };
  }
  const missing = items.filter(({ action, restored }) => (action === "restore" || action === "replace") && !restored);
  const failed = items.find((_, index) => applied.failed.has(index));
  if (failed) return { done: false, why: `${failed.path}: ${failed.why}`, items };
  const count = items.filter(({ restored }) => restored).length;
  if (missing.length > 0 || count < wanted)
    return { done: false, why: "what is there changed since the plan was made; try again", items };
  return { done: true, items };
}

function wordsOf(reason: string, detail: string): string {
  if (reason === "gone") return "the snapshot is not there any more";
  if (reason === "no-parent") return `there is no folder ${detail} to put it into`;
  return refusalWords(reason, detail);
}
