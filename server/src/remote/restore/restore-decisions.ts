import { boundFrom, type Mount } from "../mounts.ts";
import type { ConfiguredHost } from "../remote-command.ts";
import { shownSize } from "../shown-bytes.ts";
import type { RestoreItem } from "./restore-schema.ts";
import type { FoundItem, FoundItems } from "./restore-steps.ts";

/** What becomes of a path. What exists is never replaced unless that was asked for. */
export function decided(found: FoundItem, overwrite: boolean): RestoreItem {
  const { named: _, link: __, leadsTo: ___, ...item } = found;
  const decide = (action: RestoreItem["action"], why?: string): RestoreItem => ({
    ...{ ...item, action, restored: false },
    ...(why === undefined ? {} : { why }),
  });
  switch (found.state) {
    case "free":
      return decide("restore");
    case "same":
    case "newer":
    case "differs":
      return overwrite ? decide("replace") : decide("leave", LEFT[found.state]);
    case "mounted":
      return decide("cannot", "it is mounted there by itself; restore it where it is bound from, or with --to");
    case "not-in-snapshot":
      return decide("cannot", "the snapshot does not have it");
    case "source-linked":
      return decide("cannot", `in the snapshot, a folder on the way is a link${whereTo(found.leadsTo)}`);
    case "out-of-reach":
      return decide("cannot", "nothing is restored into /tmp, /proc, /sys or /dev; use --to for another place");
  }
}

const LEFT = {
  same: "it has the same content already",
  newer: "it was changed after that of the snapshot; --overwrite replaces it, and keeps it beside",
  differs: "something else is there; --overwrite replaces it, and keeps it beside",
} as const;

/** The script sees the snapshot below its own /tmp. */
function whereTo(leadsTo: string | undefined): string {
  if (leadsTo === undefined || leadsTo.startsWith("/tmp/")) return "; name the path behind it";
  return ` to ${leadsTo}; name the path behind it`;
}

/** One line of the plan. */
export function planLine({ path, kind, bytes, action, why }: RestoreItem): string {
  const what = [kind, bytes === undefined ? undefined : shownSize(bytes)].filter(Boolean).join(", ");
  const about = what === "" ? "" : ` (${what})`;
  if (action === "restore") return `restore ${path}${about}`;
  if (action === "replace") return `replace ${path}${about}, and keep what is there beside it`;
  return `leave ${path}: ${why}`;
}

/** What should be known of the places. */
export function itemNotes({ items, around }: FoundItems): string[] {
  return [
    ...around.map((path) => `Something is mounted at or below ${path}: what is in it is restored one by one.`),
    ...items.flatMap(({ named, path }) =>
      named === undefined ? [] : [`${named} is ${path}, because a folder on the way is a link.`],
    ),
    ...items.flatMap(({ link, path }) => (link === undefined ? [] : [`${path} is a link to ${link} now.`])),
  ];
}

/** Which places go on showing what was there before, as a bind mount does: that of an entry of a store, mostly. */
export function boundNotes(items: readonly RestoreItem[], mounts: readonly Mount[]): string[] {
  return items.flatMap(({ path, kind }) => {
    const places = boundFrom(mounts, path);
    if (places.length === 0) return [];
    const instead =
      kind === "folder" && places.length === 1
        ? ` Name ${places[0]} instead, and what is in it is restored one by one, and seen at once.`
        : "";
    return [
      `${places.join(" and ")} shows what is at ${path} now, by a bind mount, and goes on doing so until it is mounted anew or the host is restarted: what is written there until then is not in what was restored. Stop what uses it first.${instead}`,
    ];
  });
}

/** What the next boot does to the places, by the configuration. */
export async function fateNotes(items: readonly RestoreItem[], host: ConfiguredHost | undefined): Promise<string[]> {
  if (!host) return [];
  const paths = items.filter(({ action }) => action === "restore" || action === "replace").map(({ path }) => path);
  const fates = await host.fates(paths);
  return paths.flatMap((path, index) =>
    fates[index]?.survives === "no" ? [`By the configuration, the next boot discards ${path} again.`] : [],
  );
}
