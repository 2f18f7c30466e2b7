import type { Unit, Verdict } from "./host.ts";
import { childrenOf, nameAt } from "./read-values.ts";
import { allOf, unsure, YES } from "./verdict.ts";

/** Whether systemd starts a unit of the initrd at an ordinary boot, as far as the conditions of the unit say it. */
export function unitCondition(unit: Unit): Verdict {
  const command = childrenOf(unit.node.child("serviceConfig")).filter(({ name }) => name === "ExecCondition");
  return allOf(
    ...unit.conditions.map(({ name, text, place }) => {
      if (text === undefined) return unsure(`${name} of ${unit.name}.service is not known`, place);
      return isSwitch(name, text) ? unsure(`${unit.name}.service runs only when ${name}=${text} holds`, place) : YES;
    }),
    ...command.map(({ node }) => unsure(`ExecCondition of ${unit.name}.service decides whether it runs`, nameAt(node))),
  );
}

/**
 * Whether a condition waits for somebody to say so. One that is negated holds unless somebody says something; a
 * condition on the initrd itself, or on devices, holds at each boot.
 */
function isSwitch(name: string, text: string): boolean {
  const condition = text.trim().replace(/^\|/, "");
  if (condition === "" || condition.startsWith("!")) return false;
  if (/KernelCommandLine$|FirstBoot$|Credential$|Environment$/.test(name)) return true;
  const isInitrd = /^\/(dev|sys|proc)\/|^\/etc\/initrd-release$/.test(condition);
  return /Path\w*$|File\w*$|Directory\w*$/.test(name) && !isInitrd;
}
