import {
  type Implied,
  optionDefault,
  type ServiceEntry,
  type StateCondition,
  services,
} from "../catalogue/catalogue.ts";
import { Unknown, type Value } from "../eval/value.ts";
import type { OptionNode } from "./option-node.ts";

/** Services by the enable option that they switch on, as their modules in NixOS say. */
const byImplied = new Map<string, { readonly by: ServiceEntry; readonly implied: Implied }[]>();
for (const by of services) {
  // Patterns stand for many services; which one switches the other on cannot be asked for.
  if ((by.trigger ?? "flag") !== "flag" || by.enable.includes("*") || by.confidence !== "read") continue;
  for (const implied of by.implies) {
    if (implied.enable.includes("*") || !isSimple(implied.condition)) continue;
    const list = byImplied.get(implied.enable);
    if (list) list.push({ by, implied });
    else byImplied.set(implied.enable, [{ by, implied }]);
  }
}

function isSimple(condition: StateCondition | undefined): boolean {
  if (condition === undefined) return true;
  const { also, or, stateVersionBefore, stateVersionFrom, option, isEmpty } = condition;
  if (or !== undefined || isEmpty !== undefined) return false;
  return stateVersionBefore === undefined && stateVersionFrom === undefined && !option?.includes("*") && isSimple(also);
}

/** Whether another service may switch on what an option of this path switches on. */
export function mayBeImplied(enable: string): boolean {
  return byImplied.has(enable);
}

/**
 * Whether a service that nobody mentions is on because another one switches it on, such as PostgreSQL for
 * Nextcloud: configurations persist directories `if config.services.postgresql.enable`. Undefined when nothing does.
 */
export function impliedDefault(path: readonly string[], root: OptionNode): Value | undefined {
  if (path.at(-1) !== "enable") return undefined;
  let doubt: Unknown | undefined;
  for (const { by, implied } of byImplied.get(path.join(".")) ?? []) {
    const flag = root.at(...by.enable.split("."));
    if (flag.isDefined() === false) continue;
    const value = flag.value();
    const answer = value === true ? holds(root, implied.condition) : value;
    if (answer === true) return true;
    if (answer instanceof Unknown) doubt ??= answer;
  }
  return doubt;
}

function holds(root: OptionNode, condition: StateCondition | undefined): Value {
  if (condition === undefined) return true;
  const { option, isUnset, equals = true, also } = condition;
  if (also !== undefined) {
    const first = holds(root, { ...condition, also: undefined });
    return first === true ? holds(root, also) : first;
  }
  if (option === undefined) return true;
  const node = root.at(...option.split("."));
  const defined = node.isDefined();
  if (isUnset !== undefined) return typeof defined === "boolean" ? defined !== isUnset : defined;
  if (defined === false) {
    const usual = optionDefault(option);
    return usual === undefined && equals !== true
      ? new Unknown(`the default of ${option} is not known`)
      : usual === equals;
  }
  const value = node.value();
  return value instanceof Unknown ? value : value === equals;
}
