import type { OptionNode } from "../modules/option-node.ts";
import type { Release, Script, Verdict } from "./host.ts";
import { childrenOf, openOf, type Reason, readExplicitBoolean } from "./read-values.ts";
import { scriptsOf } from "./script.ts";
import { NO, unsure, verdictOf, YES } from "./verdict.ts";

/** The hooks of the scripted initrd, in the order in which they run. */
const HOOKS: readonly string[] = [
  ...["preFailCommands", "preDeviceCommands", "preLVMCommands", "postDeviceCommands", "postResumeCommands"],
  "postMountCommands",
];

/** A hook of the scripted initrd. */
export interface InitrdHook {
  readonly script: Script;
  readonly certain: Verdict;
}

export interface InitrdHooks {
  readonly list: readonly InitrdHook[];
  /** Why more hooks may be set than are listed. */
  readonly open: Reason | undefined;
}

/** The scripts of the scripted initrd, in the order in which they run. */
export function readInitrdHooks(root: OptionNode): InitrdHooks {
  const initrd = root.at("boot", "initrd");
  const children = childrenOf(initrd);
  const open = openOf(initrd);
  const list = HOOKS.flatMap((name) => {
    const child = children.find((found) => found.name === name);
    return child ? scriptsOf(child.node).map((script) => ({ script, certain: child.certain })) : [];
  });
  return { list, open: open && { why: open.why, place: open.place } };
}

/** The first release that runs systemd in the initrd when nobody says otherwise. */
const SYSTEMD_BY_DEFAULT = "26.05";

/** Whether the initrd runs systemd instead of scripts. */
export function usesSystemdInitrd(root: OptionNode, release: Release): Verdict {
  const flag = readExplicitBoolean(root.at("boot", "initrd", "systemd", "enable"));
  if (flag) return verdictOf(flag);
  if (release.nixos === undefined) {
    return unsure(
      `boot.initrd.systemd.enable is not set, and its default depends on the release (on from ${SYSTEMD_BY_DEFAULT})`,
    );
  }
  return release.nixos >= SYSTEMD_BY_DEFAULT ? YES : NO;
}
