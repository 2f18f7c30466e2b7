import * as z from "zod";
import { normalise } from "../../host/paths.ts";
import type { RemoteCommand } from "../remote-command.ts";
import { TransportError } from "../transport-error.ts";
import { chosenEntries } from "./chosen-entries.ts";
import { copyCommands } from "./copy-commands.ts";
import { lookAt } from "./look-at.ts";
import { persistText } from "./persist-text.ts";

const persistOptions = z.strictObject({
  paths: z.array(z.string().startsWith("/", "a path begins with /")).min(1, "name at least one path"),
  write: z.boolean().optional().describe("Change the files, instead of showing what would change."),
});
export type PersistOptions = z.infer<typeof persistOptions>;

export const persistSchema = z.object({
  written: z.boolean().describe("Whether the files were changed."),
  title: z.string().optional().describe("What the change does."),
  note: z.string().optional().describe("What has to be known before it is applied."),
  store: z.string().optional().describe("Where the data will live on the host."),
  entries: z.array(
    z.object({
      kind: z.enum(["directory", "file"]),
      path: z.string(),
      user: z.string().optional(),
      group: z.string().optional(),
      mode: z.string().optional(),
    }),
  ),
  parents: z
    .array(z.object({ path: z.string(), instead: z.array(z.string()) }))
    .describe("Directories that are persisted in place of many things in them."),
  already: z.array(z.object({ path: z.string(), by: z.string() })).describe("What the configuration keeps already."),
  refused: z.array(z.object({ path: z.string(), why: z.string() })),
  patch: z.string().optional().describe("The change of the files, as `git apply` takes it."),
  commands: z.array(z.string()).describe("For root on the host, before the configuration is switched."),
});
export type Persisted = z.infer<typeof persistSchema>;

/** `persist`: writes chosen paths of a host into its configuration, and says how today's content gets into the store. */
export const persistCommand: RemoteCommand<PersistOptions, Persisted> = {
  name: "persist",
  summary: "write paths of a host into its configuration",
  effect: "reads",
  options: persistOptions,
  result: persistSchema,
  text: persistText,
  async run(host, { paths: given, write = false }, session) {
    const { configured } = session;
    if (!configured?.persist)
      throw new TransportError(
        "ENOTFOUND",
        `No configuration of ${host} is known, so there is no file to write to. Name the host with --host, and its folder with --folder.`,
      );
    const paths = [...new Set(given.map(normalise))];
    const parents = [...new Set(paths.map((path) => path.slice(0, path.lastIndexOf("/")) || "/"))];
    const found = await lookAt(host, session, [...new Set([...paths, ...parents])]);
    const chosen = chosenEntries(
      paths.map((path) => found.get(path) ?? { path, type: undefined }),
      (path) => found.get(path),
    );
    const fates = await configured.fates(chosen.entries.map(({ path }) => path));
    const already = chosen.entries.flatMap(({ path }, index) => {
      const fate = fates[index];
      return fate?.survives === "yes" ? [{ path, by: fate.by }] : [];
    });
    const kept = new Set(already.map(({ path }) => path));
    const entries = chosen.entries.filter(({ path }) => !kept.has(path));
    const common = {
      entries: [...entries],
      parents: [...chosen.parents.map(({ path, instead }) => ({ path, instead: [...instead] }))],
      already,
      refused: [...chosen.refused],
    };
    if (entries.length === 0) return { ...common, written: false, commands: [] };
    const change = await configured.persist(entries, write);
    if ("why" in change) throw new TransportError("ECANNOT", `The configuration cannot be changed: ${change.why}.`);
    const { title, note, store, patch } = change;
    return {
      ...common,
      ...{ written: write, title, store, patch, commands: copyCommands(store, entries) },
      ...(note === undefined ? {} : { note }),
    };
  },
};
