import type { OptionNode } from "../modules/option-node.ts";
import type { Script, Unit } from "./host.ts";
import { memo } from "./memo.ts";
import { childrenOf, nameAt, openOf, type Reason, readExplicitBoolean, readTexts } from "./read-values.ts";
import { scriptsOf } from "./script.ts";
import { allOf, verdictOf, YES } from "./verdict.ts";

const SCRIPTS = ["script", "preStart", "postStart", "preStop", "postStop", "reload"];
const COMMANDS = [
  "ExecStartPre",
  "ExecStart",
  "ExecStartPost",
  "ExecReload",
  "ExecStop",
  "ExecStopPost",
  "ExecCondition",
];

export interface Units {
  readonly list: readonly Unit[];
  /** Why more units may exist, for each stage. */
  readonly open: { readonly initrd: Reason | undefined; readonly system: Reason | undefined };
}

/** The services of the running system and of its systemd initrd; switched-off ones are left out. */
export function readUnits(root: OptionNode): Units {
  const initrd = root.at("boot", "initrd", "systemd", "services");
  const system = root.at("systemd", "services");
  return {
    list: [...unitsOf(initrd, "initrd"), ...unitsOf(system, "system")],
    open: { initrd: reasonOf(initrd), system: reasonOf(system) },
  };
}

function unitsOf(services: OptionNode, stage: Unit["stage"]): Unit[] {
  return childrenOf(services).flatMap(({ name, node, certain }) => {
    const enable = readExplicitBoolean(node.child("enable"));
    if (enable?.known && !enable.value) return [];
    const scripts = memo(() => unitScripts(node));
    return [
      {
        name,
        stage,
        place: nameAt(node),
        certain: allOf(certain, enable ? verdictOf(enable) : YES),
        node,
        get scripts() {
          return scripts();
        },
        wantedBy: textsOf(node, "wantedBy"),
        requiredBy: textsOf(node, "requiredBy"),
        before: textsOf(node, "before"),
        after: textsOf(node, "after"),
      },
    ];
  });
}

function unitScripts(node: OptionNode): Script[] {
  const commands = mentioned(node, ["serviceConfig"]).map((name) => node.child(name));
  return [
    ...mentioned(node, SCRIPTS).flatMap((name) => scriptsOf(node.child(name))),
    ...commands.flatMap((child) => mentioned(child, COMMANDS).flatMap((name) => scriptsOf(child.child(name)))),
  ];
}

/** The names that a unit has or may have: most units have two of these, and a host has hundreds of units. */
function mentioned(node: OptionNode, names: readonly string[]): readonly string[] {
  if (openOf(node)) return names;
  const listed = new Set(node.names().map(({ name }) => name));
  return names.filter((name) => listed.has(name));
}

function textsOf(node: OptionNode, name: string): Unit["wantedBy"] {
  return readTexts(node.child(name)).texts.map(({ text, place }) => ({ text, place }));
}

function reasonOf(node: OptionNode): Reason | undefined {
  const open = openOf(node);
  return open && { why: open.why, place: open.place };
}
