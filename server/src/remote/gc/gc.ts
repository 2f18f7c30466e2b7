import { createHash } from "node:crypto";
import * as z from "zod";
import { CLOCK_SLACK, clockWords } from "../clock-words.ts";
import { givenName } from "../given-name.ts";
import { isoTime } from "../iso-time.ts";
import { refusalWords } from "../refusal-words.ts";
import type { RemoteCommand, RemoteSession } from "../remote-command.ts";
import { gibibytes } from "../shown-bytes.ts";
import { TransportError } from "../transport-error.ts";
import { type Deleted, deleteArguments, deleteSubvolumes, type SettledFolder } from "./delete.ts";
import { type GcFacts, gcFacts } from "./gc-facts.ts";
import { gcPolicy } from "./gc-policy.ts";
import { gcText } from "./gc-text.ts";
import { gcPlan, type PlanItem } from "./plan.ts";

export const gcOptions = z.strictObject({
  keep: givenName.optional().describe("What to keep: `30d`, or `5 recent + 1/week for 4 weeks + 1/month`."),
  apply: z.boolean().default(false).describe("Delete what the plan says. Without it, it is only shown."),
  plan: z.string().optional().describe("With apply: only if the plan is still the one of this digest."),
});
export type GcOptions = z.infer<typeof gcOptions>;

export const gcSchema = z.object({
  done: z.boolean().describe("Whether there is a plan, and, with apply, whether all of it was carried out."),
  why: z.string().optional().describe("Why not."),
  policy: z.string().optional().describe("What is kept, in words."),
  policyFrom: z.enum(["option", "configuration"]).optional(),
  applied: z.boolean().describe("Whether anything was deleted, or could have been."),
  plan: z.string().optional().describe("Digest of what the plan deletes."),
  items: z.array(
    z.object({
      path: z.string(),
      filesystem: z.string(),
      id: z.number(),
      uuid: z.string(),
      taken: z.iso.datetime().optional().describe("The time that the policy counts from."),
      action: z.enum(["delete", "keep", "skip"]).describe("`skip`: the policy has no say."),
      reason: z.string(),
      inside: z.array(z.string()).optional().describe("Subvolumes inside of it that are deleted first."),
      exclusiveBytes: z.number().optional(),
      outcome: z.enum(["deleted", "left"]).optional(),
      left: z.string().optional().describe("Why it was left."),
    }),
  ),
  notes: z.array(z.string()),
});
export type GcResult = z.infer<typeof gcSchema>;

/** `gc`: what a retention policy would delete on a host, and with `apply`, deletes it. */
export const gcCommand: RemoteCommand<GcOptions, GcResult> = {
  name: "gc",
  summary: "show which snapshots a policy deletes, and delete them with --apply",
  effect: "destroys",
  options: gcOptions as z.ZodType<GcOptions>,
  result: gcSchema,
  text: gcText,
  run: collectGarbage,
};

/** Milliseconds for deletions, which wait until they are on the disk. */
const LIMIT = 120_000;
const LIMIT_EACH = 10_000;
/** And for the look, which may start a program for each subvolume: there may be many thousands. */
const LOOK_LIMIT = 600_000;

async function collectGarbage(host: string, options: GcOptions, session: RemoteSession): Promise<GcResult> {
  const refused = (why: string): GcResult => ({ done: false, why, applied: false, items: [], notes: [] });
  const policy = gcPolicy(options.keep, session.configured?.facts);
  if (!policy.ok) return refused(policy.why);
  session.progress(`Looking at ${host}`, 0);
  const facts = await session.call(gcFacts, { limit: LOOK_LIMIT });
  const { why, clock, clockAhead } = facts.host;
  if (why !== undefined) return refused(why);
  if (Math.abs(clockAhead) > CLOCK_SLACK)
    return refused(
      `the clock of the host is ${clockWords(clockAhead)} this computer's, so nothing can be judged by its age. Set the one that is wrong`,
    );
  const items = gcPlan(policy.policy, facts.subvolumes, clock);
  const doomed = items.filter(({ action }) => action === "delete");
  const digest = digestOf(doomed, facts);
  const planned: GcResult = {
    ...{ done: true, policy: policy.words, policyFrom: policy.from, applied: false, plan: digest },
    ...{ items: items.map((item) => itemJson(item, facts)), notes: notesOf(facts) },
  };
  if (!options.apply) return planned;
  const stopped = (reason: string): GcResult => ({ ...planned, done: false, why: reason });
  if (options.plan !== undefined && options.plan !== digest)
    return stopped("the plan is old: the host has changed since. Look at the new one");
  const folders = unfinished(facts);
  if (doomed.length === 0 && folders.length === 0) return planned;
  if (doomed.length > 0 && !(await session.confirm(planToShow(host, doomed, policy.words))))
    return stopped("nobody said yes");

  const total = doomed.reduce((sum, { nested }) => sum + 1 + nested.length, 0);
  const deleted = await carryOut(host, doomed, folders, total, session);
  if (deleted.refused) return stopped(refusalWords(deleted.refused.reason, deleted.refused.detail));
  return outcome(planned, doomed, deleted);
}

async function carryOut(
  host: string,
  doomed: readonly PlanItem[],
  folders: readonly SettledFolder[],
  total: number,
  session: RemoteSession,
): Promise<Deleted> {
  let done = 0;
  try {
    return await session.call(deleteSubvolumes, {
      args: deleteArguments(doomed, folders),
      limit: LIMIT + LIMIT_EACH * total,
      onRecord: ({ kind }) => {
        if (kind === "deleted") session.progress(`Deleted ${++done} of ${total}`, done / total);
        return false;
      },
    });
  } catch (error) {
    if (!(error instanceof TransportError)) throw error;
    const so = `${done} of ${total} are known to be deleted; “remote gc ${host}” shows what is left to do.`;
    const what = error.code === "ECANCELLED" ? "Cancelled." : error.message;
    throw new TransportError(error.code, `${what} ${so}`);
  }
}

function outcome(planned: GcResult, doomed: readonly PlanItem[], { deleted, kept }: Deleted): GcResult {
  const gone = new Set(deleted);
  const words = new Map(kept.map(({ uuid, reason, detail }) => [uuid, keptWords(reason, detail)]));
  const nested = new Map(doomed.map((item) => [item.subvolume.uuid, item.nested]));
  const items = planned.items.map((item) => {
    if (item.action !== "delete") return item;
    if (gone.has(item.uuid)) return { ...item, outcome: "deleted" as const };
    const inner = nested.get(item.uuid)?.find(({ uuid }) => words.has(uuid));
    const left = inner
      ? `${inner.path}: ${words.get(inner.uuid)}`
      : (words.get(item.uuid) ?? "the host did not say why");
    return { ...item, outcome: "left" as const, left };
  });
  const left = items.filter((item) => "outcome" in item && item.outcome === "left").length;
  return {
    ...{ ...planned, items, applied: true, done: left === 0 },
    ...(left === 0 ? {} : { why: `${left} of ${doomed.length} were left` }),
    notes: [
      ...planned.notes,
      ...(gone.size > 0 ? ["The space comes back within minutes: btrfs frees it in the background."] : []),
    ],
  };
}

function keptWords(reason: string, detail: string): string {
  switch (reason) {
    case "gone":
      return "it is not there any more";
    case "changed":
      return "it is not any more what the plan saw";
    case "mounted":
      return "it is mounted now";
    case "inside":
      return "a subvolume inside of it was left";
    default:
      if (/send in progress|Operation not permitted/.test(detail)) return "it may be in use by a send; try again later";
      return refusalWords("failed", detail);
  }
}

function planToShow(host: string, doomed: readonly PlanItem[], words: string): Parameters<RemoteSession["confirm"]>[0] {
  const what = doomed.length === 1 ? "1 snapshot" : `${doomed.length} snapshots`;
  const lines = doomed.flatMap(({ subvolume, nested, taken }) => [
    `${subvolume.path}  (${taken === undefined ? "time unknown" : isoTime(taken)})`,
    ...nested.map(({ path }) => `${path}  (inside of it)`),
  ]);
  return { title: `Delete ${what} on ${host} for good? Kept: ${words}.`, lines };
}

function digestOf(doomed: readonly PlanItem[], facts: GcFacts): string {
  const uuids = doomed.flatMap(({ subvolume, nested }) =>
    [subvolume, ...nested].map((one) => [filesystemOf(facts, one.index), one.uuid, one.id]),
  );
  return createHash("sha256").update(JSON.stringify(uuids.sort())).digest("hex").slice(0, 16);
}

function filesystemOf({ host }: GcFacts, index: number): string {
  return host.filesystems.find((one) => one.index === index)?.uuid ?? "";
}

function itemJson({ subvolume, action, reason, taken, nested }: PlanItem, facts: GcFacts): GcResult["items"][number] {
  const { index, id, path, uuid } = subvolume;
  const filesystem = facts.host.filesystems.find((one) => one.index === index);
  const bytes = filesystem?.subvolumes.find((one) => one.id === id)?.exclusiveBytes;
  return {
    ...{ path, filesystem: filesystem?.uuid ?? "", id, uuid, action, reason },
    ...(taken === undefined ? {} : { taken: isoTime(taken) }),
    ...(nested.length === 0 || action !== "delete" ? {} : { inside: nested.map((one) => one.path) }),
    ...(bytes === undefined ? {} : { exclusiveBytes: bytes }),
  };
}

function notesOf({ host, odd }: GcFacts): string[] {
  const space = host.filesystems.flatMap(({ space: one }) =>
    one ? [`${gibibytes(one.freeBytes)} of ${gibibytes(one.totalBytes)} are free.`] : [],
  );
  const oddNames = odd === 0 ? [] : [`${odd} subvolumes have names that hold newlines; nothing is done with them.`];
  const hasQuotas = host.filesystems.some(({ subvolumes }) =>
    subvolumes.some(({ exclusiveBytes }) => exclusiveBytes !== undefined),
  );
  const quotas = hasQuotas ? ["Quota groups are on, so that deleting takes longer."] : [];
  return [...space, ...quotas, ...oddNames, ...host.hidden.map((text) => `Not looked at: ${text}.`)];
}

/** Folders in which a run that was cut short left something. */
function unfinished({ subvolumes }: GcFacts): SettledFolder[] {
  const folders = subvolumes
    .filter(({ path }) => /(?:^|\/)\.nix-impermanence-[^/]*$/.test(path))
    .map(({ index, bytes }) => ({ index, bytes: bytes.split("/").slice(0, -1).join("/") }));
  return [...new Map(folders.map((one) => [`${one.index}/${one.bytes}`, one])).values()];
}
