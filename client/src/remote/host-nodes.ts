import type { FactsJson } from "../../../server/src/report/schema.ts";
import type { Heard } from "./host-book.ts";
import type { KnownHost } from "./known-host.ts";
import { shownBytes, shownName, shownTime } from "./shown.ts";

/** One line of the Hosts view. */
export interface HostNode {
  readonly host: KnownHost;
  readonly label: string;
  readonly description?: string;
  /** A codicon. */
  readonly icon: string;
  /** Colour of the icon, where it says something: that of problems or of what passed. */
  readonly tone?: "good" | "bad" | "unsure";
  /** What menus go by. */
  readonly kind: "host" | "group" | "unasked" | "risk" | "snapshot" | "line";
  readonly tooltip?: string;
  /** A command of ours that a click runs, with the node. */
  readonly command?: string;
  /** Left out: it has none. Known ones come at once, others when the node is opened. */
  readonly children?: readonly HostNode[];
  readonly open?: boolean;
  /** Path of a snapshot from the toplevel of its filesystem. */
  readonly snapshot?: string;
  /** Place in the configuration: a file as the facts name it, and a line from 0. */
  readonly place?: { readonly file: string; readonly line: number };
}

/** The first level of the view. */
export function hostNode(host: KnownHost, heard: Heard): HostNode {
  const verdict = heard.status?.wipe.atThisBoot;
  const tone = verdict === "yes" ? "good" : verdict === "no" ? "bad" : verdict === "unknown" ? "unsure" : undefined;
  return {
    ...{ host, kind: "host", label: host.name, description: host.description, icon: "server" },
    ...(tone ? { tone } : {}),
    tooltip: host.from === "workspace" ? `${host.name}: ${host.description}` : `${host.name} (${host.description})`,
    children: [],
  };
}

/** What is below a host: what the configuration says (null: there is none for it), and what the host said. */
export function nodesOf(host: KnownHost, facts: FactsJson | null, heard: Heard): HostNode[] {
  return [
    liveNode(host, heard),
    ...(facts ? [layoutNode(host, facts), persistedNode(host, facts)] : []),
    riskNode(host, facts, heard),
    snapshotsNode(host, heard),
  ];
}

function liveNode(host: KnownHost, { status }: Heard): HostNode {
  const command = "impermanence.hostStatus";
  if (!status) {
    const ask = { label: "Root at this boot", description: "ask the host" };
    return { host, kind: "unasked", ...ask, icon: "pulse", command };
  }
  const { wipe, nestedInRoot, space, asRoot } = status;
  const [label, icon, tone] = {
    yes: ["The root was wiped at this boot", "pass", "good"],
    no: ["The root was not wiped at this boot", "error", "bad"],
    unknown: ["Whether the root was wiped is not known", "question", "unsure"],
  }[wipe.atThisBoot] as [string, string, "good" | "bad" | "unsure"];
  const line = (text: string, one: string, description?: string): HostNode => ({
    ...{ host, kind: "line", label: text, icon: one },
    ...(description === undefined ? {} : { description }),
  });
  return {
    ...{ host, kind: "line", label, icon, tone, command, tooltip: wipe.reason },
    children: [
      line(wipe.reason, "info"),
      ...nestedInRoot.map((path) => line(shownName(path), "warning", "lies inside the root and can stop the wipe")),
      ...(space ? [line(`${shownBytes(space.freeBytes)} free`, "database", `of ${shownBytes(space.totalBytes)}`)] : []),
      ...(asRoot ? [] : [line("Not read as root", "lock", "parts are unknown")]),
    ],
  };
}

function layoutNode(host: KnownHost, { ephemeralRoot, fileSystems }: FactsJson): HostNode {
  const children = Object.entries(fileSystems).map(
    ([path, { fsType, subvolume, location }]): HostNode => ({
      ...{ host, kind: "line", label: path, icon: "folder", command: "impermanence.revealInConfiguration" },
      description: [fsType ?? "type not known", ...(subvolume ? [subvolume] : [])].join(" · "),
      ...(location ? { place: { file: location.file, line: location.range.start.line } } : {}),
    }),
  );
  const how = {
    tmpfs: "root in memory",
    rollback: "root rolled back",
    declared: "root declared as wiped",
    none: "root is kept",
    unknown: "root not known",
  };
  return { host, kind: "group", label: "Layout", description: how[ephemeralRoot.kind], icon: "layers", children };
}

function persistedNode(host: KnownHost, { stores }: FactsJson): HostNode {
  const children = stores.map((store): HostNode => {
    const entries = [
      ...store.directories,
      ...store.files,
      ...Object.values(store.users).flatMap((user) => [...user.directories, ...user.files]),
    ];
    return {
      ...{ host, kind: "group", label: store.path ?? "a store whose path is not known", icon: "archive" },
      description: `${entries.length} ${entries.length === 1 ? "path" : "paths"} · ${store.module}`,
      children: entries.map(({ path, location }) => ({
        ...{
          host,
          kind: "line",
          label: path ?? "a path that is not known",
          icon: "pinned",
          command: "impermanence.revealInConfiguration",
        },
        ...(location ? { place: { file: location.file, line: location.range.start.line } } : {}),
      })),
    };
  });
  const description = stores.length === 0 ? "nothing" : "by the configuration";
  return { host, kind: "group", label: "Persisted", description, icon: "archive", children };
}

function riskNode(host: KnownHost, facts: FactsJson | null, { atRisk }: Heard): HostNode {
  const lost = (facts?.services ?? []).flatMap(({ enable, state }) =>
    state.flatMap(({ path, kind, fate, by }) => (fate === "no" && kind === "state" ? [{ path, enable, by }] : [])),
  );
  const children = lost.map(
    ({ path, enable, by }): HostNode => ({
      ...{ host, kind: "line", label: path, description: enable, icon: "warning", tone: "unsure", tooltip: by },
    }),
  );
  const known = atRisk === undefined ? "ask the host" : `${atRisk} ${atRisk === 1 ? "change" : "changes"} on the host`;
  return {
    ...{ host, kind: "risk", label: "At risk", description: known, icon: "flame", children },
    // Opening the node to read what is below it must not run anything.
    ...(atRisk !== undefined ? { command: "impermanence.showDiff" } : {}),
    ...(atRisk === undefined && children.length === 0 ? { command: "impermanence.hostDiff" } : {}),
  };
}

function snapshotsNode(host: KnownHost, { snapshots }: Heard): HostNode {
  const command = "impermanence.listSnapshots";
  if (!snapshots)
    return { host, kind: "unasked", label: "Snapshots", description: "ask the host", icon: "history", command };
  const children = snapshots.snapshots.map(({ path, created, of, readOnly, exclusiveBytes }): HostNode => {
    const facts = [
      ...(created ? [shownTime(created)] : []),
      ...(exclusiveBytes === undefined ? [] : [shownBytes(exclusiveBytes)]),
      ...(readOnly ? [] : ["writable"]),
    ];
    const tooltip = shownName(of === undefined ? path : `${path}, of ${of}`);
    return {
      host,
      kind: "snapshot",
      label: shownName(path),
      description: facts.join(" · "),
      icon: "device-camera",
      tooltip,
      snapshot: path,
    };
  });
  const description = snapshots.complete ? String(children.length) : `${children.length}, not all: ${snapshots.why}`;
  return { host, kind: "group", label: "Snapshots", description, icon: "history", children };
}
