import type { Place } from "../../eval/origin.ts";
import type { Host } from "../../host/host.ts";
import { isAtOrBelow, joinPath, normalise } from "../../host/paths.ts";
import { itemNode, readBoolean, readItems, readString, readTexts } from "../../host/read-values.ts";
import { certainEntries } from "../reading/persisted-entries.ts";
import { secretManagers } from "../reading/secret-identities.ts";
import { defineRule } from "../rule.ts";

/** The sshd of the initrd has a key that the running system needs to stay secret. */
export const systemKeyInInitrd = defineRule({
  code: "IMP336",
  name: "system-key-in-initrd",
  group: "stores",
  severity: "warning",
  since: "0.1.0",

  check({ host, report }) {
    const ssh = host.config.at("boot", "initrd", "network", "ssh");
    const enabled = readBoolean(ssh.child("enable"));
    if (!enabled?.known || !enabled.value || isBootEncrypted(host)) return;
    const secrets = secretsOf(host);
    for (const { text, place, certain } of readTexts(ssh.child("hostKeys")).texts) {
      if (certain.answer !== "yes") continue;
      const names = namesOf(host, text);
      const same = secrets.filter(({ path }) => namesOf(host, path).some((name) => names.includes(name)));
      const [first] = same;
      if (!first) continue;
      const uses = [...new Set(same.map(({ use }) => use))];
      report({
        at: place,
        message: `\`${text}\` is copied into the initrd, which lies on /boot in clear, and it is also ${uses.join(" and ")}. Whoever has the disk has the key, however the rest of the disk is encrypted${uses.some((use) => use.includes("secrets")) ? ", and with it every secret that is encrypted to it" : ", and can stand in for the host"}.`,
        help: 'Make a key for the initrd alone (ssh-keygen -t ed25519 -N "" -f /persist/etc/secrets/initrd/ssh_host_ed25519_key), and name that.',
        related: [{ place: first.place, message: first.use }],
      });
    }
  },
});

interface Secret {
  readonly path: string;
  /** For the end of "it is also …". */
  readonly use: string;
  readonly place: Place | undefined;
}

function secretsOf(host: Host): Secret[] {
  const identities = secretManagers(host).flatMap(({ tool, identities, place }) =>
    identities.map(
      (one): Secret => ({
        path: one.path,
        use: `what ${tool} decrypts the secrets of the host with`,
        place: one.place ?? place,
      }),
    ),
  );
  return [...identities, ...hostKeys(host)];
}

function hostKeys({ config }: Host): Secret[] {
  const ssh = config.at("services", "openssh");
  const enabled = readBoolean(ssh.child("enable"));
  if (!enabled?.known || !enabled.value) return [];
  const use = "the key by which the running system is known";
  const keys = ssh.child("hostKeys");
  if (keys.isDefined() === false)
    return ["ed25519", "rsa"].map((type) => ({ path: `/etc/ssh/ssh_host_${type}_key`, use, place: enabled.place }));
  return readItems(keys).items.flatMap((item): Secret[] => {
    const path = item.certain.answer === "yes" ? readString(itemNode(item, keys.path).child("path")) : undefined;
    return path?.known ? [{ path: path.value, use, place: path.place }] : [];
  });
}

/** A file by each path that it has: its own, and that in the store. */
function namesOf(host: Host, path: string): string[] {
  const own = normalise(path);
  return [
    own,
    ...certainEntries(host).flatMap(({ path: entry, store }) =>
      store.path.known && isAtOrBelow(own, entry) ? [joinPath(store.path.value, own)] : [],
    ),
  ];
}

/** Whether what holds the initrd may be encrypted itself. */
function isBootEncrypted(host: Host): boolean {
  const boot = host.fileSystemAt("/boot");
  if (!boot || boot.mountpoint === "/")
    return host.fileSystems.every(({ fsType }) => !fsType.known || fsType.value !== "vfat");
  return boot.device.known && boot.device.value.startsWith("/dev/mapper/");
}
