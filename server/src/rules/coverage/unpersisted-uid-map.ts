import { offer } from "../../edits/fix-plan.ts";
import { giveAttributes } from "../../edits/persisted-entry-edit.ts";
import type { Place } from "../../eval/origin.ts";
import type { Host, Known, PersistedPath } from "../../host/host.ts";
import { isGuest } from "../../host/microvm.ts";
import { readBoolean, readString, setAt } from "../../host/read-values.ts";
import { known } from "../../host/verdict.ts";
import { coveragePlace } from "../reading/coverage-place.ts";
import { type LateEntry, lateEntry, onceWiped } from "../reading/late-entry.ts";
import { persistFix } from "../reading/persist-fix.ts";
import { isStateless } from "../reading/stateless-host.ts";
import { whyNotKept } from "../reading/why-not-kept.ts";
import { lossInWords, uncoveredLoss, whereInWords } from "../reading/wiped-root.ts";
import { defineRule, type RuleContext } from "../rule.ts";

/** NixOS remembers in /var/lib/nixos which uid and gid it gave to whom. */
export const unpersistedUidMap = defineRule({
  code: "IMP402",
  name: "unpersisted-uid-map",
  group: "coverage",
  severity: "warning",
  since: "0.1.0",

  check(context) {
    if (isStateless(context.host)) return;
    const userborn = filesOfUserborn(context.host);
    if (userborn) return reportUserborn(context, userborn);
    const loss = uncoveredLoss(context.host, "/var/lib/nixos");
    const entry = loss.fate.persisted;
    const late = entry && isOfActivation(context.host) ? lateEntry(context.host, entry, "/var/lib/nixos") : undefined;
    if (entry && late) return reportLate(context, entry, late);
    if (loss.lost !== "yes") return;
    const why = whyNotKept(context.host, "/var/lib/nixos");
    // What a guest of microvm.nix without a store keeps are folders of its host, whose owners the host knows.
    const isGuestAlone = context.host.stores.length === 0 && isGuest(context.host.config);
    context.report({
      at: coveragePlace(context.host),
      ...(isGuestAlone ? { severity: "information" as const } : {}),
      message: `\`/var/lib/nixos\` ${lossInWords(loss)}: NixOS then forgets which uid and gid it gave to users and groups without fixed numbers, and persisted files end up owned by another service.${why?.words ?? ""}`,
      help: 'Persist "/var/lib/nixos" (with preservation: inInitrd = true).',
      related: [
        ...(why ? [{ place: why.place, message: why.related }] : []),
        { place: loss.fate.place, message: whereInWords(loss) },
      ],
      fixes: () => persistFix(context, [{ kind: "directory", path: "/var/lib/nixos", inInitrd: true }]),
    });
  },
});

/** The activation, which gives the ids before systemd of the host runs; systemd-sysusers remembers nothing here. */
function isOfActivation(host: Host): boolean {
  const sysusers = host.config.at("systemd", "sysusers", "enable");
  if (sysusers.isDefined() !== false) {
    const flag = readBoolean(sysusers);
    if (!flag?.known || flag.value) return false;
  }
  const userborn = host.config.at("services", "userborn", "enable");
  return userborn.isDefined() === false || readBoolean(userborn)?.known === true;
}

function reportLate(context: RuleContext, entry: PersistedPath, late: LateEntry): void {
  const through = entry.path === "/var/lib/nixos" ? "" : ` (through \`${entry.path}\`)`;
  context.report({
    at: entry.place,
    message: `preservation mounts \`/var/lib/nixos\`${through} after NixOS has made the users: at each boot the activation finds no map of uids and gids, gives all without fixed numbers anew, and writes them where the mount then hides them${onceWiped(late)}. Once a service comes or goes, persisted files end up owned by another one.`,
    help: "Give the entry inInitrd = true.",
    fixes: () =>
      offer(giveAttributes(context, entry, [["inInitrd", "true"]]), {
        title: "Mount it in the initrd (inInitrd = true)",
        safety: "safe",
        preferred: true,
      }),
  });
}

interface Userborn {
  readonly folder: Known<string>;
  readonly place: Place | undefined;
}

/** Where userborn has the accounts that it made, which are all that it remembers; undefined where it is not in use. */
function filesOfUserborn({ config }: Host): Userborn | undefined {
  const userborn = config.at("services", "userborn");
  const enable = userborn.child("enable");
  const on = enable.isDefined() === false ? undefined : readBoolean(enable);
  if (on?.known !== true || !on.value) return undefined;
  const folder = readString(userborn.child("passwordFilesLocation"));
  const place = setAt(enable);
  if (folder && userborn.child("passwordFilesLocation").isDefined() !== false) return { folder, place };
  const overlay = config.at("system", "etc", "overlay");
  const mutable = readBoolean(overlay.child("mutable"));
  const isOverlay = readBoolean(overlay.child("enable"));
  const isImmutable = isOverlay?.known === true && isOverlay.value && mutable?.known === true && !mutable.value;
  return { folder: known(isImmutable ? "/var/lib/nixos" : "/etc"), place };
}

function reportUserborn(context: RuleContext, { folder, place }: Userborn): void {
  if (!folder.known) return;
  const loss = uncoveredLoss(context.host, `${folder.value}/passwd`);
  if (loss.lost !== "yes") return;
  context.report({
    at: place,
    message: `userborn remembers which uid and gid it gave to whom in \`${folder.value}/passwd\` and \`${folder.value}/group\` alone, ${whereInWords(loss)}; it does not use /var/lib/nixos/uid-map. What it gave ${lossInWords(loss)}: when accounts come or go, persisted files end up owned by another service.`,
    help: 'Set services.userborn.passwordFilesLocation to a directory that is kept, such as "/var/lib/nixos" where that is persisted, or give accounts fixed numbers.',
    related: [{ place: loss.fate.place, message: whereInWords(loss) }],
  });
}
