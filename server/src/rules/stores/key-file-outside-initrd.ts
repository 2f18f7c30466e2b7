import type { Place } from "../../eval/origin.ts";
import type { Host } from "../../host/host.ts";
import { usesSystemdInitrd } from "../../host/initrd.ts";
import { isNamed, openOf } from "../../host/read-values.ts";
import { datasetKeys } from "../reading/dataset-keys.ts";
import { luksDisks } from "../reading/luks-disks.ts";
import { isMade } from "../reading/made-files.ts";
import { lossInWords, uncoveredLoss } from "../reading/wiped-root.ts";
import { defineRule, type RuleContext } from "../rule.ts";

/** A disk that the initrd opens with a key which the initrd does not have. */
export const keyFileOutsideInitrd = defineRule({
  code: "IMP317",
  name: "key-file-outside-initrd",
  group: "stores",
  severity: "error",
  since: "0.1.0",

  check(context) {
    const { host, report } = context;
    reportOfInstallation(context);
    for (const key of keysOf(host)) {
      const fs = host.fileSystemAt(key.path);
      // A file at the top of the root is one of the initrd as well as of the system.
      const isOfSystem = (fs && fs.mountpoint !== "/") || /^\/(etc|root|var|home|srv)\//.test(key.path);
      if (!isOfSystem || mayBeThere(host, key.path)) continue;
      const where =
        fs && fs.mountpoint !== "/"
          ? `\`${fs.mountpoint}\`, which is mounted later`
          : "the root, which is mounted later";
      const loss = uncoveredLoss(host, key.path);
      const lost = loss.lost === "yes" && !isMade(host, key.path);
      report({
        at: key.place,
        message: `The initrd opens \`${key.name}\` with \`${key.path}\`, and has no such file: it is on ${where}. ${key.consequence}${lost ? ` The file itself ${lossInWords(loss)}, and with it all that no other key opens.` : ""}`,
        help: `Put the key into the initrd (boot.initrd.secrets."${key.path}" = …; it can be read there by who reads /boot), or ${key.instead}.`,
      });
    }
  },
});

/** Keys in /tmp, which are there while the disk is formatted, and never again. */
function reportOfInstallation(context: RuleContext): void {
  reportDisksOfInstallation(context);
  const { host, report } = context;
  // Whoever says which keys are loaded may load them from elsewhere.
  if (isNamed(host.config.at("boot", "zfs"), "requestEncryptionCredentials")) return;
  for (const { dataset, path, place, isLoadedInInitrd } of datasetKeys(host)) {
    if (!isLoadedInInitrd || !/^\/tmp\/./.test(path) || mayBeThere(host, path)) continue;
    report({
      at: place,
      severity: "warning",
      message: `disko makes \`${dataset}\` with the key in \`${path}\`, and nothing here names another place for it. The initrd looks for that file at every boot, and it was there for the installation only: what is encrypted with it is not mounted, unless somebody has changed keylocation by hand.`,
      help: `Add postCreateHook = "zfs set keylocation=prompt ${dataset}"; to it, so that the boot asks for the passphrase, and run the command once on a host that is installed.`,
    });
  }
}

function reportDisksOfInstallation({ host, report }: RuleContext): void {
  const systemd = usesSystemdInitrd(host.config, host.release).answer;
  for (const { name, keyFile, isKeyOfDisko, fallsBack } of luksDisks(host)) {
    if (!keyFile?.known || fallsBack !== false || !/^\/tmp\/./.test(keyFile.value)) continue;
    if (mayBeThere(host, keyFile.value)) continue;
    report({
      at: keyFile.place,
      severity: systemd === "no" ? "error" : "warning",
      message: `The initrd opens \`${name}\` with \`${keyFile.value}\` at every boot${isKeyOfDisko ? ", for disko hands `settings` on to boot.initrd.luks.devices" : ""}, and that file was there for the installation only. ${WITHOUT_KEY[systemd]}`,
      help: isKeyOfDisko
        ? `Write passwordFile = "${keyFile.value}"; beside \`settings\` instead: disko formats with it, and the boot asks for the passphrase. A key of random bytes has to be put into the initrd (boot.initrd.secrets).`
        : "Leave out keyFile, so that the boot asks for the passphrase, or put the key into the initrd (boot.initrd.secrets).",
    });
  }
}

/** What the boot does without the key, by whether systemd runs the initrd. */
const WITHOUT_KEY = {
  no: "The boot waits for it, and stops.",
  yes: "systemd asks for a passphrase instead, and none opens the disk unless the file held just what can be typed: with `settings.keyFile` disko takes every byte of it for the key, and the end of the line is one of them.",
  unknown:
    "The scripted initrd waits for it, and stops; that of systemd, the default since NixOS 26.05, asks for the passphrase. Which of them this host has is not known here.",
} as const;

interface Key {
  readonly name: string;
  readonly path: string;
  readonly place: Place | undefined;
  readonly consequence: string;
  readonly instead: string;
}

function keysOf(host: Host): Key[] {
  const disks = luksDisks(host).flatMap(({ name, keyFile }): Key[] => {
    if (!keyFile?.known || !isFile(keyFile.value)) return [];
    return [
      {
        name,
        path: keyFile.value,
        place: keyFile.place,
        consequence: "The boot waits for the key, and then asks for a passphrase or stops.",
        instead: "open the disk in the running system: environment.etc.crypttab",
      },
    ];
  });
  return [...disks, ...keysOfDatasets(host)];
}

function keysOfDatasets(host: Host): Key[] {
  return datasetKeys(host).flatMap(({ dataset, path, place, isLoadedInInitrd }): Key[] => {
    if (!isLoadedInInitrd || !isFile(path)) return [];
    const consequence =
      "The pool is imported there, its key cannot be loaded, and what is encrypted with it is not mounted.";
    const instead = "load it in the running system, for datasets that the boot does not need";
    return [{ name: dataset, path, place, consequence, instead }];
  });
}

function isFile(path: string): boolean {
  return path.startsWith("/") && !/^\/(boot|dev|run|proc|sys|tmp|nix\/store|sysroot|mnt-root)\//.test(path);
}

/** Whether something may put the file into the initrd, or mount what holds it there. */
function mayBeThere(host: Host, path: string): boolean {
  const initrd = host.config.at("boot", "initrd");
  const secrets = initrd.child("secrets");
  const contents = initrd.at("systemd", "contents");
  const name = path.slice(path.lastIndexOf("/") + 1);
  return (
    openOf(secrets) !== undefined ||
    openOf(contents) !== undefined ||
    isNamed(secrets, path) ||
    isNamed(contents, path) ||
    ["mounts", "automounts"].some((kind) => initrd.at("systemd", kind).isDefined() !== false) ||
    initrd.child("extraFiles").isDefined() !== false ||
    host.scripts.some(({ option, text }) => option[0] === "boot" && option[1] === "initrd" && text.includes(name))
  );
}
