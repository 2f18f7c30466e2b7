import type { OptionNode } from "../modules/option-node.ts";
import type { Script, Unit } from "./host.ts";
import { memo } from "./memo.ts";
import { perNode } from "./per-node.ts";
import { childrenOf, nameAt, openOf, type Reason, readExplicitBoolean, readTexts } from "./read-values.ts";
import { scriptsOf } from "./script.ts";
import { textUnits } from "./text-units.ts";
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

const ORDERING = ["wantedBy", "requiredBy", "before", "after"];

export interface Units {
  readonly list: readonly Unit[];
  /** Why more units may exist, for each stage. */
  readonly open: { readonly initrd: Reason | undefined; readonly system: Reason | undefined };
}

/** The services of the running system and of its systemd initrd; switched-off ones are left out. */
export function readUnits(root: OptionNode): Units {
  const initrd = root.at("boot", "initrd", "systemd", "services");
  const system = root.at("systemd", "services");
  const texts = root.at("boot", "initrd", "systemd", "units");
  return {
    list: [...unitsOf(initrd, "initrd"), ...unitsOf(system, "system"), ...textUnits(texts)],
    open: { initrd: reasonOf(initrd) ?? reasonOf(texts), system: reasonOf(system) },
  };
}

function unitsOf(services: OptionNode, stage: Unit["stage"]): Unit[] {
  return childrenOf(services).flatMap(({ name, node, certain }) => {
    const unit = UNIT_OF[stage](node);
    if (!unit) return [];
    return certain === YES ? [unit] : [withCertainty(unit, name, allOf(certain, unit.certain))];
  });
}

const UNIT_OF = {
  initrd: perNode((node) => unitOf(node, "initrd")),
  system: perNode((node) => unitOf(node, "system")),
};

function unitOf(node: OptionNode, stage: Unit["stage"]): Unit | undefined {
  const enable = mentioned(node, ["enable"]).length > 0 ? readExplicitBoolean(node.child("enable")) : undefined;
  if (enable?.known && !enable.value) return undefined;
  const scripts = memo(() => unitScripts(node));
  const ordering = memo(() => {
    const given = new Set(mentioned(node, ORDERING));
    return new Map(ORDERING.map((name) => [name, given.has(name) ? textsOf(node, name) : []]));
  });
  return {
    name: node.path.at(-1) ?? "",
    stage,
    place: nameAt(node),
    certain: enable ? verdictOf(enable) : YES,
    node,
    get scripts() {
      return scripts();
    },
    get wantedBy() {
      return ordering().get("wantedBy") ?? [];
    },
    get requiredBy() {
      return ordering().get("requiredBy") ?? [];
    },
    get before() {
      return ordering().get("before") ?? [];
    },
    get after() {
      return ordering().get("after") ?? [];
    },
    get conditions() {
      return mentioned(node, ["unitConfig"]).flatMap((name) => conditionsOf(node.child(name)));
    },
  };
}

function withCertainty(unit: Unit, name: string, certain: Unit["certain"]): Unit {
  const { stage, place, node, scripts, wantedBy, requiredBy, before, after, conditions } = unit;
  return { name, stage, place, certain, node, scripts, wantedBy, requiredBy, before, after, conditions };
}

function conditionsOf(unitConfig: OptionNode): Unit["conditions"] {
  return childrenOf(unitConfig)
    .filter(({ name }) => /^(Condition|Assert)/.test(name))
    .flatMap(({ name, node }) => {
      const { texts, open } = readTexts(node);
      return [
        ...texts.map(({ text, place }) => ({ name, text, place: place ?? nameAt(node) })),
        ...open.map(({ place }) => ({ name, text: undefined, place: place ?? nameAt(node) })),
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
