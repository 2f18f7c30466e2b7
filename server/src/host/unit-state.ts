import type { OptionNode } from "../modules/option-node.ts";
import type { Service, ServiceState, Unit } from "./host.ts";
import { joinPath } from "./paths.ts";
import { nameAt, readBoolean, readString, readTexts } from "./read-values.ts";
import type { StateInput } from "./service-state.ts";
import type { Units } from "./units.ts";
import { unsure } from "./verdict.ts";

const DIRECTORIES = [
  { option: "StateDirectory", base: "/var/lib", kind: "state" },
  { option: "LogsDirectory", base: "/var/log", kind: "log" },
  { option: "CacheDirectory", base: "/var/cache", kind: "cache" },
] as const;

/** Services that the host declares by hand: systemd makes their directories. Paths in `listed` have an owner already. */
export function declaredServices(input: StateInput, units: Units, listed: ReadonlySet<string>): Service[] {
  return units.list.flatMap((unit) => {
    if (unit.stage !== "system") return [];
    const state = directoriesOf(input, unit).filter(({ path }) => !listed.has(path));
    if (state.length === 0) return [];
    return [
      {
        enable: unit.node.path.join("."),
        enabled: unit.certain,
        place: unit.place ?? nameAt(unit.node),
        impliedBy: undefined,
        confidence: "configuration" as const,
        evidence: undefined,
        state,
      },
    ];
  });
}

function directoriesOf(input: StateInput, unit: Unit): ServiceState[] {
  const config = unit.node.child("serviceConfig");
  if (config.isDefined() === false) return [];
  return DIRECTORIES.flatMap(({ option, base, kind }) => {
    const node = config.child(option);
    if (node.isDefined() === false) return [];
    const { texts } = readTexts(node);
    const names = texts.flatMap(({ text }) => text.split(/\s+/).filter((name) => name !== ""));
    // `name:link` gives the directory another name as well; `%` stands for parts only systemd knows.
    return names
      .map((name) => name.split(":")[0] ?? name)
      .filter((name) => !name.includes("%"))
      .map((name) => stateOf(input, config, `${option}Mode`, name, base, kind));
  });
}

function stateOf(
  input: StateInput,
  config: OptionNode,
  modeOption: string,
  name: string,
  base: string,
  kind: ServiceState["kind"],
): ServiceState {
  const flag = readBoolean(config.child("DynamicUser"));
  const dynamicUser = flag?.known === true && flag.value;
  const link = joinPath(base, name);
  const path = dynamicUser ? joinPath(`${base}/private`, name) : link;
  const user = textOf(config.child("User"));
  const fate = input.fateOf(path);
  return {
    path,
    type: "directory",
    kind,
    dynamicUser,
    link: dynamicUser ? link : undefined,
    database: false,
    writes: undefined,
    little: false,
    containers: false,
    user: dynamicUser ? undefined : (user ?? "root"),
    group: dynamicUser ? undefined : (textOf(config.child("Group")) ?? user ?? "root"),
    mode: textOf(config.child(modeOption)),
    fate: flag?.known === false ? { ...fate, survives: unsure(flag.why, flag.place) } : fate,
    assumed: flag?.known === false,
    note: undefined,
  };
}

function textOf(node: OptionNode): string | undefined {
  const text = readString(node);
  return text?.known ? text.value : undefined;
}
