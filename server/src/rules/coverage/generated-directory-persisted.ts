import type { Host } from "../../host/host.ts";
import { isNamed } from "../../host/read-values.ts";
import { certainEntries } from "../reading/persisted-entries.ts";
import { isTrue } from "../reading/used-home-states.ts";
import { defineRule } from "../rule.ts";

/** A directory in which NixOS writes files of its own, and what somebody who persists it is after. */
interface Generated {
  readonly files: string;
  readonly instead: string;
  /** The switch that makes NixOS write there; undefined when it always does. */
  readonly option?: readonly string[];
}

const GENERATED: ReadonlyMap<string, Generated> = new Map([
  [
    "/etc/ssh",
    {
      files: "sshd_config and ssh_known_hosts",
      instead:
        'Let sshd keep its keys in the store: services.openssh.hostKeys = [ { path = "/persist/etc/ssh/ssh_host_ed25519_key"; type = "ed25519"; } ];',
      option: ["services", "openssh", "enable"],
    },
  ],
  [
    "/etc/NetworkManager",
    {
      files: "NetworkManager.conf",
      instead: 'Persist "/etc/NetworkManager/system-connections".',
      option: ["networking", "networkmanager", "enable"],
    },
  ],
  [
    "/etc/nix",
    { files: "nix.conf and registry.json", instead: "Persist the files of it that are yours, such as a signing key." },
  ],
  [
    "/etc/containers",
    {
      files: "policy.json, registries.conf and storage.conf",
      instead: 'Persist "/etc/containers/networks", if networks are made by hand.',
      option: ["virtualisation", "podman", "enable"],
    },
  ],
  ["/etc/systemd", { files: "all units and their settings", instead: "Declare units in the configuration." }],
  ["/etc/pam.d", { files: "the rules for logging in", instead: "Declare them with security.pam." }],
  ["/etc/ssl", { files: "the certificates of authorities", instead: "Persist the directory below it that is yours." }],
  ["/etc/static", { files: "all that NixOS puts in /etc", instead: "Remove the entry." }],
]);

/** A link that a module makes in /etc, to where its program keeps what it writes. */
interface Linked {
  readonly target: string;
  readonly program: string;
  readonly option: readonly string[];
  /** The attribute of environment.etc. */
  readonly name: string;
}

const LINKED: ReadonlyMap<string, Linked> = new Map([
  ["/etc/cups", { target: "/var/lib/cups", program: "CUPS", option: ["services", "printing", "enable"], name: "cups" }],
]);

/** A mount over a directory in which NixOS writes files hides those files. */
export const generatedDirectoryPersisted = defineRule({
  code: "IMP415",
  name: "generated-directory-persisted",
  group: "coverage",
  severity: "information",
  since: "0.1.0",

  check({ host, report }) {
    for (const entry of certainEntries(host)) {
      const linked = entry.kind === "directory" ? LINKED.get(entry.path) : undefined;
      if (linked && isGenerated(host, linked) && !isNamed(host.config.at("environment", "etc"), linked.name))
        report({
          at: entry.place ?? entry.store.place,
          severity: "warning",
          message: `\`${entry.path}\` is a link to \`${linked.target}\` that NixOS makes, and that is where ${linked.program} writes. The mount of the persisted directory is in the way of the link, and keeps nothing.`,
          help: `Persist "${linked.target}" instead.`,
        });
      const generated = entry.kind === "directory" ? GENERATED.get(entry.path) : undefined;
      if (!generated || entry.inInitrd || !isGenerated(host, generated)) continue;
      if (isTrue(host.config.at("system", "etc", "overlay", "enable"))) {
        const isVital = entry.path === "/etc/ssh";
        report({
          at: entry.place ?? entry.store.place,
          severity: isVital ? "error" : "warning",
          message: `With \`system.etc.overlay\` \`/etc\` is mounted in the initrd, with ${generated.files} in \`${entry.path}\`. The mount of the persisted directory then hides that after every boot, and no activation writes it into the store.${isVital ? " sshd finds no sshd_config and does not start: nobody gets in over the network." : ""}`,
          help: generated.instead,
        });
        continue;
      }
      report({
        at: entry.place ?? entry.store.place,
        message: `NixOS writes ${generated.files} in \`${entry.path}\` when it is activated, and the mount of the persisted directory then hides them: on the first boot they are missing, and a file that is new in the configuration is seen only after the next \`nixos-rebuild switch\`.`,
        help: generated.instead,
      });
    }
  },
});

function isGenerated(host: Host, { option }: Pick<Generated, "option">): boolean {
  return option === undefined || isTrue(host.config.at(...option));
}
