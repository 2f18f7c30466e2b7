import type { Place } from "../../eval/origin.ts";
import type { Host } from "../../host/host.ts";
import { isNamed, openOf } from "../../host/read-values.ts";
import { datasetKeys } from "../reading/dataset-keys.ts";
import { luksDisks } from "../reading/luks-disks.ts";
import { defineRule } from "../rule.ts";

/** A disk that the initrd opens with a key which the initrd does not have. */
export const keyFileOutsideInitrd = defineRule({
  code: "IMP317",
  name: "key-file-outside-initrd",
  group: "stores",
  severity: "error",
  since: "0.1.0",

  check({ host, report }) {
    for (const key of keysOf(host)) {
      const fs = host.fileSystemAt(key.path);
      // A file at the top of the root is one of the initrd as well as of the system.
      const isOfSystem = (fs && fs.mountpoint !== "/") || /^\/(etc|root|var|home|srv)\//.test(key.path);
      if (!isOfSystem || mayBeThere(host, key.path)) continue;
      const where =
        fs && fs.mountpoint !== "/"
          ? `\`${fs.mountpoint}\`, which is mounted later`
          : "the root, which is mounted later";
      report({
        at: key.place,
        message: `The initrd opens \`${key.name}\` with \`${key.path}\`, and has no such file: it is on ${where}. ${key.consequence}`,
        help: `Put the key into the initrd (boot.initrd.secrets."${key.path}" = …; it can be read there by who reads /boot), or ${key.instead}.`,
      });
    }
  },
});

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
