import * as z from "zod";
import { givenName } from "../given-name.ts";
import type { RemoteCommand } from "../remote-command.ts";
import { between, lastReboot, nextReboot } from "./comparison.ts";
import { DiffCall, rowModule } from "./diff-call.ts";
import { type Diff, type DiffRow, diffSchema } from "./diff-schema.ts";
import { diffText } from "./diff-text.ts";
import { FILTERS } from "./filter-names.ts";
import { groupsOf } from "./groups.ts";
import { notesOn } from "./notes.ts";
import type { RowChange } from "./row-change.ts";

const filterNames = FILTERS.map(({ name }) => name) as [string, ...string[]];
const diffOptions = z
  .strictObject({
    lastReboot: z.boolean().optional().describe("What the last reboot lost, instead of what the next one will."),
    between: z
      .array(givenName)
      .length(2, "two snapshots have to be named, the older one first")
      .optional()
      .describe("Two subvolumes, the older one first."),
    baseline: givenName.optional().describe("What to compare with: a subvolume, or `none`."),
    all: z.boolean().optional().describe("Show what filters hide, too."),
    show: z.array(z.enum(filterNames)).optional().describe("Show what these filters hide, too."),
    lists: z.boolean().optional().describe("Compare lists of files, even where a stream would be faster."),
  })
  .refine(
    ({ between, lastReboot }) => !between || !lastReboot,
    "ask for two snapshots or for the last reboot, not both",
  )
  .refine(({ between, lastReboot, baseline }) => baseline === undefined || !(between || lastReboot), {
    error: "a baseline is for the next reboot only",
  });
export type DiffOptions = z.infer<typeof diffOptions>;

/** `diff`: what the next reboot of a host loses, what the last one lost, or what differs between two snapshots. */
export const diffCommand: RemoteCommand<DiffOptions, Diff> = {
  name: "diff",
  summary: "what the next reboot of a host would lose",
  effect: "reads",
  options: diffOptions,
  result: diffSchema,
  text: diffText,
  async run(host, asked, session) {
    session.progress("looking at mounts and subvolumes");
    const question = asked.between ? "between" : asked.lastReboot ? "last-reboot" : "next-reboot";
    return DiffCall.run(host, session, async (call): Promise<Diff> => {
      const { facts } = call;
      const comparison = asked.between
        ? await between(call, asked.between as [string, string], asked)
        : asked.lastReboot
          ? await lastReboot(call)
          : await nextReboot(call, asked);
      if ("nothing" in comparison) return { ...NOTHING, question, of: comparison.of, why: comparison.nothing };
      const { compared } = comparison;
      const detailed = await call.withDetails(comparison.changes);
      const times = compared.timesOnly.map((path): RowChange => ({ change: "times", path, filter: "times" }));
      const { rowsOf } = await rowModule();
      const rows = await rowsOf({
        changes: [...detailed, ...times],
        host: facts,
        isLive: question === "next-reboot",
        configured: session.configured,
      });
      const shown = rows.filter(({ filter }) => filter === undefined || asked.all || asked.show?.includes(filter));
      return {
        question,
        complete: compared.unread.length === 0 && facts.asRoot,
        ...{ of: comparison.of, against: comparison.against, engine: compared.engine },
        why: `${comparison.why}; ${compared.why}`,
        notes: notesOn(facts, session.configured, compared, question),
        limits: [...compared.limits],
        ...{ rows: shown, groups: groupsOf(shown, question === "last-reboot"), hidden: hiddenOf(rows, shown) },
      };
    });
  },
};

const NOTHING = {
  ...{
    complete: true,
    against: null,
    engine: "none" as const,
    notes: [],
    limits: [],
    rows: [],
    groups: [],
    hidden: [],
  },
};

/** What each filter took away. */
function hiddenOf(rows: readonly DiffRow[], shown: readonly DiffRow[]): Diff["hidden"] {
  const seen = new Set(shown);
  return FILTERS.flatMap(({ name, title }) => {
    const own = rows.filter((row) => row.filter === name && !seen.has(row));
    const bytes = own.reduce((sum, { size = 0 }) => sum + size, 0);
    return own.length === 0 ? [] : [{ filter: name, title, rows: own.length, bytes }];
  });
}
