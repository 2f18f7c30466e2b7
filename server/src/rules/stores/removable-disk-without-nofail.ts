import { offer } from "../../edits/fix-plan.ts";
import { appendToListOption } from "../../edits/option-edit.ts";
import type { Place } from "../../eval/origin.ts";
import { backupJobs } from "../../host/backup-jobs.ts";
import type { FileSystem } from "../../host/host.ts";
import { isAtOrBelow, normalise } from "../../host/paths.ts";
import { readBoolean } from "../../host/read-values.ts";
import { optionKey, splitOptions } from "../reading/btrfs-mounts.ts";
import { defineRule, type RuleContext } from "../rule.ts";

/** A disk that the configuration itself counts as missing at times, and without which the boot stops. */
export const removableDiskWithoutNofail = defineRule({
  code: "IMP329",
  name: "removable-disk-without-nofail",
  group: "stores",
  severity: "warning",
  since: "0.1.0",

  check(context) {
    const { host, report } = context;
    for (const fs of host.fileSystems) {
      if (!isWaitedFor(fs)) continue;
      const sign = signOf(context, fs);
      if (!sign) continue;
      report({
        at: fs.place,
        ...(sign.isSure ? {} : { severity: "information" as const }),
        message: `\`${fs.mountpoint}\` is mounted without \`nofail\`, and ${sign.words}: without the disk the boot waits for it for a minute and a half, and then stops in emergency mode.`,
        help: 'Add "nofail" to its options, and "x-systemd.automount" or "x-systemd.device-timeout=5s" to wait less.',
        related: [{ place: sign.place, message: sign.related }],
        fixes: () =>
          fs.declaredBy === "fileSystems"
            ? offer(appendToListOption(context, ["fileSystems", fs.mountpoint, "options"], ['"nofail"']), {
                title: "Boot without the disk when it is missing",
                safety: "unsafe",
                preferred: true,
                note: "What writes there without looking writes into the empty directory when the disk is missing.",
              })
            : [],
      });
    }
  },
});

/** Whether local-fs.target requires a mount of the running system. Source of truth: systemd-fstab-generator(8). */
function isWaitedFor({
  mountpoint,
  certain,
  device,
  fsType,
  mountedInInitrd,
  options,
  optionsOpen,
}: FileSystem): boolean {
  if (certain.answer !== "yes" || mountedInInitrd.answer !== "no" || optionsOpen !== undefined) return false;
  if (/^\/(boot|efi|nix|home|var|etc|usr)(\/|$)/.test(mountpoint) || !device.known) return false;
  if (
    !fsType.known ||
    /^(tmpfs|overlay|swap|none|nfs4?|cifs|smb3|ceph|(fuse.*)|mergerfs|9p|virtiofs)$/.test(fsType.value)
  )
    return false;
  const keys = splitOptions(options).map(({ text }) => optionKey(text));
  return !keys.some((key) => /^(nofail|noauto|_netdev|r?bind|x-systemd\.(automount|wanted-by|required-by))$/.test(key));
}

interface Sign {
  /** For the middle of a sentence. */
  readonly words: string;
  readonly related: string;
  readonly place: Place | undefined;
  readonly isSure: boolean;
}

/** What says that the disk may be missing. */
function signOf(context: RuleContext, fs: FileSystem): Sign | undefined {
  const { host } = context;
  for (const unit of host.units) {
    const condition = unit.conditions.find(
      ({ name, text }) =>
        name.endsWith("PathIsMountPoint") && text?.startsWith("/") && normalise(text) === fs.mountpoint,
    );
    if (condition && unit.stage === "system" && unit.certain.answer === "yes") {
      return {
        words: `\`${unit.name}.service\` is only to run when it is there`,
        related: "counts with a disk that is missing",
        place: condition.place,
        isSure: true,
      };
    }
  }
  const job = backupJobs(host.config).find(({ tool, repository, node }) => {
    if (tool !== "borg" || !repository?.startsWith("/") || !isAtOrBelow(normalise(repository), fs.mountpoint))
      return false;
    const flag =
      node.child("removableDevice").isDefined() === true ? readBoolean(node.child("removableDevice")) : undefined;
    return flag?.known === true && flag.value;
  });
  if (job) {
    return {
      words: `the backup \`${job.name}\` says that its repository is on a removable device`,
      related: "the repository is there",
      place: job.place,
      isSure: true,
    };
  }
  const { device } = fs;
  if (!device.known) return undefined;
  if (/^\/dev\/disk\/by-(id\/usb-|path\/.*-usb-)/.test(device.value)) {
    return {
      words: "its name says that it is connected by USB",
      related: "by USB",
      place: device.place,
      isSure: isForUsers(fs),
    };
  }
  const comment = commentOn(context, fs);
  if (comment !== undefined && COMES_AND_GOES.test(comment) && !STAYS.test(comment)) {
    return {
      words: "the comment on it says that it is taken away at times",
      related: "this disk",
      place: device.place,
      isSure: true,
    };
  }
  const named =
    NAMED.test(fs.mountpoint) || /\/by-(part)?label\/[^/]*(usb|extern|removable|off-?site|rotat)/i.test(device.value);
  return named
    ? {
        words: "its name says that it is not always there",
        related: "named here",
        place: device.place,
        isSure: isForUsers(fs),
      }
    : undefined;
}

/** Whether people may mount and unmount it themselves, as it is done with disks that come and go. */
function isForUsers({ options }: FileSystem): boolean {
  return splitOptions(options).some(({ text }) => /^(users?|owner)$/.test(optionKey(text)));
}

const NAMED =
  /^\/(run\/)?media\/.*(usb|extern|removable|stick|off-?site|rotat)|^\/mnt\/.*(usb|extern(al)?([-_]|$)|removable|off-?site|rotat)/i;

/** What somebody writes of a disk that is not always there. */
const COMES_AND_GOES =
  /\b((un)?plug(ged|s)?([ -]?in)?|hot-?plug\w*|swapped|rotat(ed|es|ing)|taken (home|away|out|off-?site|to)|(carried|moved) (home|away|off-?site)|not always (there|connected|attached|present|mounted)|(only|sometimes) (there|connected|attached|present)|(when|if|whenever) (it is |it's )?(connected|attached|present|there)|removable|in (a|the) drawer|lives (at|in) the office)\b/i;
const STAYS =
  /\b(always (plugged|connected|attached|there|present)|never (un\w+|taken|swapped|moved)|permanently|stays|no longer|not removable|internal)\b/i;

/** The comment above the line that declares a filesystem, and at its end. */
function commentOn({ program }: RuleContext, { place }: FileSystem): string | undefined {
  const text = place && program(place.file)?.text;
  if (!place || text === undefined) return undefined;
  const lineStart = text.lastIndexOf("\n", place.start - 1) + 1;
  const above: string[] = [];
  for (const line of text.slice(0, lineStart).split("\n").slice(0, -1).reverse()) {
    const comment = /^\s*#(.*)$/.exec(line)?.[1];
    if (comment === undefined) break;
    above.unshift(comment);
  }
  const lineEnd = text.indexOf("\n", place.end);
  const atEnd = /[;{]\s*#([^"]*)$/.exec(text.slice(place.end, lineEnd < 0 ? text.length : lineEnd))?.[1];
  return above.length === 0 && atEnd === undefined ? undefined : [...above, atEnd ?? ""].join(" ");
}
