import * as z from "zod";
import { CLOCK_SLACK, clockWords } from "../clock-words.ts";
import { type Filesystem, look, nestedIn } from "../filesystems.ts";
import { givenName } from "../given-name.ts";
import { refusalWords } from "../refusal-words.ts";
import type { RemoteCommand, RemoteSession } from "../remote-command.ts";
import { gibibytes } from "../shown-bytes.ts";
import { TransportError } from "../transport-error.ts";
import { chooseFolder } from "./choose-folder.ts";
import { type Chosen, criticalSubvolumes, namedSubvolumes } from "./choose-subvolumes.ts";
import { snapshotText } from "./snapshot-text.ts";
import { type Order, type Taken, take, takeArguments } from "./take.ts";

export const snapshotOptions = z.strictObject({
  subvolumes: z
    .array(givenName)
    .default([])
    .describe("Mount points, or paths from the toplevel; none: all critical ones."),
  all: z.boolean().default(false).describe("All critical subvolumes; the same as naming none."),
  to: givenName.optional().describe("Folder for the snapshots: a path of the host, or from the toplevel."),
  request: z
    .string()
    .regex(/^[A-Za-z0-9-]{8,64}$/, "a request is 8 to 64 letters, digits and dashes")
    .optional()
    .describe("A second call with the same request finds the snapshots of the first instead of taking others."),
});
export type SnapshotOptions = z.infer<typeof snapshotOptions>;

export const snapshotSchema = z.object({
  done: z.boolean().describe("Whether all snapshots are there, and are what they should be."),
  why: z.string().optional().describe("Why they are not. Then nothing was left on the host, unless it says so."),
  request: z.string(),
  found: z.boolean().describe("Whether an earlier call with this request had taken them already."),
  by: z.enum(["named", "configuration", "mounts"]).optional().describe("What chose the subvolumes."),
  started: z.iso.datetime().optional(),
  seconds: z.number().optional().describe("From the first to the last: they are not of one moment."),
  snapshots: z.array(
    z.object({
      of: z.string(),
      path: z.string(),
      filesystem: z.string(),
      id: z.number(),
      uuid: z.string(),
      parentUuid: z.string(),
      createdGeneration: z.number(),
      created: z.iso.datetime().optional(),
    }),
  ),
  notInside: z
    .array(z.string())
    .describe("Subvolumes inside of those: the snapshots hold empty folders in their place."),
  notes: z.array(z.string()),
});
export type SnapshotResult = z.infer<typeof snapshotSchema>;

/** `snapshot`: read-only snapshots of the named subvolumes, or of all critical ones, as one set. */
export const snapshotCommand: RemoteCommand<SnapshotOptions, SnapshotResult> = {
  name: "snapshot",
  summary: "take read-only snapshots of what must survive",
  effect: "changes",
  asks: false,
  options: snapshotOptions as z.ZodType<SnapshotOptions>,
  result: snapshotSchema,
  text: snapshotText,
  run: takeSnapshots,
};

/** Milliseconds: the kernel may have to write out a lot before it takes a snapshot. */
const LIMIT = 120_000;

async function takeSnapshots(host: string, options: SnapshotOptions, session: RemoteSession): Promise<SnapshotResult> {
  const request = options.request ?? globalThis.crypto.randomUUID();
  const empty = { request, found: false, snapshots: [], notInside: [], notes: [] as string[] };
  const refused = (why: string): SnapshotResult => ({ ...empty, done: false, why });
  session.progress(`Looking at ${host}`, 0);
  const found = await session.call({ ...look, needsRoot: true });
  if (found.why !== undefined) return refused(found.why);
  const facts = session.configured?.facts;
  const named = options.subvolumes.length > 0;
  if (named && options.all) return refused("either name subvolumes or ask for all, not both");
  const choice = named ? namedSubvolumes(found, options.subvolumes) : criticalSubvolumes(found, facts);
  if (!choice.ok) return refused(choice.why);

  const notes = [...choice.notes];
  const folders = new Map<Filesystem, string>();
  for (const filesystem of new Set(choice.chosen.map((one) => one.filesystem))) {
    const full = whyNoRoom(filesystem);
    if (full !== undefined) return refused(full);
    const folder = chooseFolder(found, filesystem, options.to, facts);
    if (!folder.ok) {
      const own = choice.chosen.filter((one) => one.filesystem === filesystem).map(({ subvolume }) => subvolume.path);
      return refused(own.length === choice.chosen.length ? folder.why : `${folder.why}, for ${own.join(", ")} alone`);
    }
    folders.set(filesystem, folder.path);
    notes.push(`The snapshots are in ${folder.path === "" ? "the toplevel" : folder.path}, ${folder.because}.`);
    notes.push(...spaceNotes(filesystem));
  }
  if (Math.abs(found.clockAhead) > CLOCK_SLACK)
    notes.push(
      `The clock of the host is ${clockWords(found.clockAhead)} this computer's; the names follow the host's.`,
    );
  const notInside = choice.chosen.flatMap(({ filesystem, subvolume }) =>
    nestedIn(subvolume, filesystem.subvolumes).map(({ path }) => path),
  );
  const orders = ordersOf(choice.chosen, folders);
  session.progress(`Taking ${orders.length} snapshots`, 0.4);
  const taken = await callOnce(host, request, orders, session);
  if (taken.refused)
    return { ...refused(refusalWords(taken.refused.reason, taken.refused.detail)), notes, by: choice.by };
  return { ...empty, ...resultOf(taken, choice.chosen), by: choice.by, notInside: [...new Set(notInside)], notes };
}

async function callOnce(
  host: string,
  request: string,
  orders: readonly Order[],
  session: RemoteSession,
): Promise<Taken> {
  try {
    return await session.call(take, { args: takeArguments(request, orders), limit: LIMIT });
  } catch (error) {
    if (!(error instanceof TransportError)) throw error;
    const again = `Whether the snapshots were taken is not known. “remote snapshot ${host} --request ${request}” with the same subvolumes finds or takes them.`;
    const what = error.code === "ECANCELLED" ? "Cancelled." : error.message;
    throw new TransportError(error.code, `${what} ${again}`);
  }
}

function resultOf(taken: Taken, chosen: readonly Chosen[]): Omit<SnapshotResult, "request" | "notInside" | "notes"> {
  const snapshots = taken.snapshots.flatMap(({ index, path, uuid, id, parentUuid, createdGeneration, created }) => {
    const filesystem = chosen.find((one) => one.filesystem.index === index)?.filesystem;
    const source = filesystem?.subvolumes.find((one) => one.uuid === parentUuid);
    if (!filesystem || parentUuid === undefined) return [];
    const of = source?.path ?? "a subvolume that is not there any more";
    const when = created === undefined ? {} : { created };
    return [{ of, path, filesystem: filesystem.uuid, id, uuid, parentUuid, createdGeneration, ...when }];
  });
  const wrong = whatIsWrong(taken, chosen);
  const started = taken.sets.map((set) => set.started).sort()[0];
  const seconds = taken.sets.reduce((most, set) => Math.max(most, set.seconds), 0);
  return {
    ...{ done: wrong === undefined, ...(wrong === undefined ? {} : { why: wrong }), found: taken.found, snapshots },
    ...(started === undefined ? {} : { started, seconds }),
  };
}

/** Holds what is there against what should be. */
function whatIsWrong({ snapshots, gone, unnamed, found }: Taken, chosen: readonly Chosen[]): string | undefined {
  if (gone.length > 0) return `${gone.join(", ")} was taken by this request, and is not there any more`;
  if (unnamed.length > 0)
    return `${unnamed.join(", ")} was taken, and the host could not give it that name: it begins with .nix-impermanence there, and any later run names it when that works again`;
  const writable = snapshots.find(({ readOnly }) => !readOnly);
  if (writable) return `${writable.path} is writable now, so it may not be what was taken`;
  for (const { filesystem, subvolume } of chosen) {
    const own = snapshots.find((one) => one.index === filesystem.index && one.parentUuid === subvolume.uuid);
    if (!own && found) return `the request was for other subvolumes: there is no snapshot of ${subvolume.path} in it`;
    if (!own) return `there is no snapshot of ${subvolume.path}`;
    if (!found && own.createdGeneration < subvolume.generation)
      return `${own.path} is older than what ${subvolume.path} held before`;
  }
  return undefined;
}

/** Bytes that a name may have in front of its time, and of the number of one that is taken. */
const LONGEST_NAME = 255 - "-20261121-120000.1000".length;

function ordersOf(chosen: readonly Chosen[], folders: ReadonlyMap<Filesystem, string>): Order[] {
  const plain = (name: string) => name.replace(/^@(?=.)/, "").replace(/[^A-Za-z0-9._@+-]/g, "_");
  const last = ({ subvolume }: Chosen) => plain(subvolume.path.split("/").at(-1) ?? "");
  return chosen.map((one) => {
    const { filesystem, subvolume } = one;
    const named = (name: string) =>
      // What is cut might be the name of another one.
      name.length <= LONGEST_NAME ? name : `${name.slice(0, LONGEST_NAME - 21)}_${subvolume.id}`;
    const isUnique = chosen.filter((other) => last(other) === last(one)).length === 1;
    return {
      ...{ index: filesystem.index, id: subvolume.id, uuid: subvolume.uuid ?? "", sourceBytes: subvolume.bytes },
      folderBytes: Buffer.from(folders.get(filesystem) ?? "", "utf8").toString("latin1"),
      name: named(isUnique ? last(one) : plain(subvolume.path.replaceAll("/", "_"))),
    };
  });
}

/** Bytes, and share of the filesystem, below which space is short. */
const SHORT = 2 ** 30;
const SHARE = 0.05;
/** Share of the metadata in use at which even a deletion may fail. */
const METADATA_FULL = 0.95;

/** A snapshot keeps what is deleted later: on a full filesystem it makes things worse. */
function whyNoRoom({ space, metadataUse, readOnly }: Filesystem): string | undefined {
  if (readOnly) return refusalWords("failed", "Read-only file system");
  if (metadataUse !== undefined && metadataUse > METADATA_FULL)
    return "the filesystem has no room for more metadata; a snapshot could make it read-only. Delete something first";
  if (!space || space.freeBytes >= Math.min(SHORT, SHARE * space.totalBytes)) return undefined;
  return `only ${gibibytes(space.freeBytes)} of ${gibibytes(space.totalBytes)} are free, and a snapshot keeps what is deleted from now on. Delete something first`;
}

function spaceNotes({ space }: Filesystem): string[] {
  if (!space || space.freeBytes >= Math.max(SHORT, SHARE * space.totalBytes)) return [];
  return [`Space is short: ${gibibytes(space.freeBytes)} of ${gibibytes(space.totalBytes)} are free.`];
}
