import type { Host } from "../../host/host.ts";
import { readTexts } from "../../host/read-values.ts";
import { mayBeSetElsewhere } from "../reading/unread-modules.ts";
import { defineRule } from "../rule.ts";

/** A host with ZFS and without `networking.hostId`, which NixOS refuses to build. */
export const zfsWithoutHostId = defineRule({
  code: "IMP312",
  name: "zfs-without-host-id",
  group: "stores",
  severity: "error",
  since: "0.1.0",

  check({ host, report }) {
    if (host.config.at("networking", "hostId").isDefined() !== false || mayBeSetElsewhere(host)) return;
    const pool = placeOfZfs(host);
    if (pool === undefined) return;
    report({
      at: pool.place,
      message:
        'The host uses ZFS, and nothing sets `networking.hostId`: NixOS refuses to build it ("ZFS requires networking.hostId to be set"). The number tells ZFS whose pool it is; one that changes with a wiped `/etc` would keep the pool from being imported.',
      help: "Set it to eight hexadecimal digits that no other host of yours has: `head -c4 /dev/urandom | od -A none -t x4` makes some.",
    });
  },
});

/** Where the configuration says that it uses ZFS; undefined when it does not, or when that is not certain. */
function placeOfZfs(host: Host) {
  const mounted = host.fileSystems.find(
    ({ fsType, certain }) => certain.answer === "yes" && fsType.known && fsType.value === "zfs",
  );
  if (mounted) return { place: mounted.place };
  const { texts } = readTexts(host.config.at("boot", "supportedFilesystems"));
  const named = texts.find(({ text }) => text === "zfs");
  return named && { place: named.place };
}
