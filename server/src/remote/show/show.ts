import * as z from "zod";
import { factsOf } from "../../btrfs/manifest.ts";
import { printable, printableLine } from "../../report/printable.ts";
import { converse } from "../dialogue.ts";
import { Collector, reading } from "../diff/collect.ts";
import { type HostFacts, readHostFacts, subvolumeCalled } from "../diff/host-facts.ts";
import { refusal } from "../diff/refusal.ts";
import { givenName } from "../given-name.ts";
import { isAtOrBelow } from "../live-paths.ts";
import { shown } from "../outputs.ts";
import type { RemoteCommand, StepOptions } from "../remote-command.ts";
import diffFacts from "../scripts/diff-facts.sh";
import showScript from "../scripts/show.sh";
import walk from "../scripts/walk.sh";
import { shownSize } from "../shown-bytes.ts";
import { TransportError } from "../transport-error.ts";
import type { Verb } from "../verb.ts";
import { FileContent } from "./file-content.ts";

/** The word for what is on the root now. */
export const NOW = "now";
const STANDARD_LIMIT = 1024 * 1024;
const MOST = 64 * 1024 * 1024;

const showOptions = z.strictObject({
  snapshot: givenName.describe(
    "A subvolume, or a folder where / is not btrfs, or `now` for the root as it is, without what is mounted in it.",
  ),
  path: givenName.describe("Of the file, from the top of the subvolume."),
  pathBytes: z.base64().optional().describe("The exact bytes of the path, where it is no text; they count."),
  limit: z.coerce.number().int().min(0).max(MOST).optional().describe("Bytes that a file may have to be shown."),
});
export type ShowOptions = z.infer<typeof showOptions>;

export const showSchema = z.object({
  snapshot: z.string(),
  path: z.string(),
  type: z
    .enum(["file", "directory", "symlink", "fifo", "socket", "device"])
    .nullable()
    .describe("Null: it is not there."),
  belowMount: z
    .string()
    .optional()
    .describe("Of `now`: where something is mounted over what was looked for and is not there."),
  size: z.number().optional(),
  target: z.string().optional(),
  binary: z.boolean().optional().describe("Whether a file is no UTF-8 text; then `text` is left out."),
  tooLarge: z.boolean().optional().describe("Whether it is longer than the limit; then `text` is left out."),
  sha256: z.string().optional().describe("Of the content of a file that was read, in hexadecimal digits."),
  text: z.string().optional(),
});
export type Shown = z.infer<typeof showSchema>;

const verb: Verb<null> = {
  name: "show",
  scripts: [walk, diffFacts, showScript],
  schema: z.null(),
  read: () => null,
};

/** `show`: the content of one file of a snapshot, or of the root as it is. */
export const showCommand: RemoteCommand<ShowOptions, Shown> = {
  name: "show",
  summary: "the content of a file in a snapshot of a host",
  effect: "reads",
  options: showOptions,
  result: showSchema,
  text: showText,
  async run(host, { snapshot, path, pathBytes, limit = STANDARD_LIMIT }, session) {
    const bytes =
      pathBytes === undefined
        ? Buffer.from(path, "utf8").toString("latin1")
        : Buffer.from(pathBytes, "base64").toString("latin1");
    const inside = insideOf(bytes);
    const content = new FileContent(limit);
    const collector = new Collector();
    let length: number | undefined;
    const step: StepOptions = {
      onRecord: (record) => {
        if (record.kind === "content") {
          length = Number(record.rest);
          content.expect(length);
        }
        return collector.onRecord(record);
      },
      onStream: (chunk) => (content.isExpected ? content.push(chunk) : collector.onStream(chunk)),
    };
    let belowMount: string | undefined;
    const entry = await reading(host, async () => {
      await converse(session, verb, step, async (dialogue) => {
        const records = await dialogue.next();
        if (collector.refused) throw refusal(host, collector.refused);
        const facts = readHostFacts(host, records ?? []);
        if (snapshot === NOW) belowMount = mountOver(facts, shown(inside.slice(1)));
        await dialogue.next(placeOf(host, snapshot, facts), String(limit), { bytes: inside });
      });
      if (collector.refused) throw refusal(host, collector.refused);
      return collector.walks.get("details")?.reader.finish()[0];
    });
    const common = { snapshot, path: shown(inside.slice(1)) };
    if (!entry) return { ...common, type: null, ...(belowMount === undefined ? {} : { belowMount }) };
    const { type, size, target } = { ...entry, ...factsOf(entry) };
    if (type === "symlink") return { ...common, type, target: shown(target ?? "") };
    if (type !== "file") return { ...common, type };
    if (length === undefined) return { ...common, type, size: size ?? 0, tooLarge: true };
    const [text, sha256] = [content.text(), content.digest()];
    return {
      ...{ ...common, type, size: length, binary: text === undefined, sha256 },
      ...(text === undefined ? {} : { text }),
    };
  },
};

/** The id of a subvolume, or a folder. */
function placeOf(host: string, name: string, facts: HostFacts): string {
  const { root, rootId, subvolumes } = facts;
  if (name === NOW) return root?.type === "btrfs" && rootId !== undefined ? String(rootId) : "/";
  if (root?.type !== "btrfs" && name.startsWith("/")) return name;
  if ("why" in subvolumes)
    throw new TransportError("ECANNOT", `The subvolumes of ${host} are unknown: ${subvolumes.why}.`);
  return String(subvolumeCalled(name, facts).id);
}

/** Where something is mounted that hides what the root has at a path. */
function mountOver({ mounts }: HostFacts, path: string): string | undefined {
  return mounts.findLast(({ mountPoint }) => mountPoint !== "/" && isAtOrBelow(path, mountPoint))?.mountPoint;
}

/** The path below the top, whatever slashes it has. */
function insideOf(path: string): string {
  const parts = path.split("/").filter((part) => part !== "" && part !== ".");
  if (parts.includes("..") || parts.length === 0 || path.includes("\0"))
    throw new TransportError(
      "ENOTFOUND",
      "That is no path of a file: name it from the top of the snapshot, without `..`.",
    );
  return `./${parts.join("/")}`;
}

function showText({
  snapshot,
  path,
  type,
  belowMount,
  size = 0,
  target,
  binary,
  tooLarge,
  sha256,
  text,
}: Shown): string {
  const line = (about: string) => `${printableLine(`${path} in ${snapshot}: ${about}`)}\n`;
  if (text !== undefined) return printable(text);
  if (type === null && belowMount !== undefined)
    return line(`it is not there: now is / without what is mounted in it, and something is mounted at ${belowMount}.`);
  if (type === null) return line("it is not there.");
  if (type === "symlink") return line(`a symbolic link to ${target}.`);
  if (tooLarge) return line(`${shownSize(size)}, more than is shown; --limit raises that.`);
  return binary ? line(`binary, ${shownSize(size)}, SHA-256 ${sha256}.`) : line(`a ${type}.`);
}
