import type { OptionNode } from "../modules/option-node.ts";
import type { Script, Unit } from "./host.ts";
import { perItem } from "./per-item.ts";
import { perNode } from "./per-node.ts";
import {
  type Child,
  childrenOf,
  mentioned,
  nameAt,
  openOf,
  type Reason,
  readExplicitBoolean,
  readString,
  readTexts,
} from "./read-values.ts";
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
    list: [...UNITS_OF.initrd(childrenOf(initrd)), ...UNITS_OF.system(childrenOf(system)), ...textUnits(texts)],
    open: { initrd: reasonOf(initrd) ?? reasonOf(texts), system: reasonOf(system) },
  };
}

const UNITS_OF = { initrd: unitsOf("initrd"), system: unitsOf("system") };

function unitsOf(stage: Unit["stage"]): (children: readonly Child[]) => readonly Unit[] {
  const read = perNode((node) => unitOf(node, stage));
  return perItem(({ name, node, certain }) => {
    const unit = read(node);
    if (!unit) return [];
    return certain === YES ? [unit] : [withCertainty(unit, name, allOf(certain, unit.certain))];
  });
}

function unitOf(node: OptionNode, stage: Unit["stage"]): Unit | undefined {
  const enable = mentioned(node, ["enable"]).length > 0 ? readExplicitBoolean(node.child("enable")) : undefined;
  if (enable?.known && !enable.value) return undefined;
  return new ConfiguredUnit(node, stage, enable ? verdictOf(enable) : YES);
}

/** A unit that is read as far as it is asked for. */
class ConfiguredUnit implements Unit {
  readonly name: string;
  readonly stage: Unit["stage"];
  readonly place: Unit["place"];
  readonly certain: Unit["certain"];
  readonly node: OptionNode;
  private scriptsMemo: readonly Script[] | undefined;
  private orderingMemo: Readonly<Record<string, Unit["wantedBy"]>> | undefined;
  private conditionsMemo: Unit["conditions"] | undefined;

  constructor(node: OptionNode, stage: Unit["stage"], certain: Unit["certain"]) {
    this.name = node.path.at(-1) ?? "";
    this.stage = stage;
    this.place = nameAt(node);
    this.certain = certain;
    this.node = node;
  }

  get scripts(): readonly Script[] {
    this.scriptsMemo ??= unitScripts(this.node);
    return this.scriptsMemo;
  }

  get wantedBy(): Unit["wantedBy"] {
    return this.ordering.wantedBy ?? [];
  }

  get requiredBy(): Unit["wantedBy"] {
    return this.ordering.requiredBy ?? [];
  }

  get before(): Unit["wantedBy"] {
    return this.ordering.before ?? [];
  }

  get after(): Unit["wantedBy"] {
    return this.ordering.after ?? [];
  }

  get conditions(): Unit["conditions"] {
    this.conditionsMemo ??= mentioned(this.node, ["unitConfig"]).flatMap((name) => conditionsOf(this.node.child(name)));
    return this.conditionsMemo;
  }

  private get ordering(): Readonly<Record<string, Unit["wantedBy"]>> {
    this.orderingMemo ??= Object.fromEntries(
      mentioned(this.node, ORDERING).map((name) => [name, textsOf(this.node, name)]),
    );
    return this.orderingMemo;
  }
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
  const scripts = [
    ...mentioned(node, SCRIPTS).flatMap((name) => scriptsOf(node.child(name))),
    ...commands.flatMap((child) => mentioned(child, COMMANDS).flatMap((name) => scriptsOf(child.child(name)))),
  ];
  const environment = scripts.length === 0 ? undefined : environmentOf(node);
  return environment ? scripts.map((script) => ({ ...script, environment })) : scripts;
}

/** `environment`, as far as its variables are known texts; a unit that may not be there may have them. */
function environmentOf(node: OptionNode): Script["environment"] {
  const found: Record<string, string> = {};
  for (const name of mentioned(node, ["environment"])) {
    for (const variable of childrenOf(node.child(name))) {
      const value = variable.certain.answer === "no" ? undefined : readString(variable.node);
      if (value?.known) found[variable.name] = value.value;
    }
  }
  return Object.keys(found).length > 0 ? found : undefined;
}

function textsOf(node: OptionNode, name: string): Unit["wantedBy"] {
  return readTexts(node.child(name)).texts.map(({ text, place }) => ({ text, place }));
}

function reasonOf(node: OptionNode): Reason | undefined {
  const open = openOf(node);
  return open && { why: open.why, place: open.place };
}
