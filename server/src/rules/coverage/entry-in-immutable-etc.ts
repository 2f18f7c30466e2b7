import type { Host } from "../../host/host.ts";
import { isBelow } from "../../host/paths.ts";
import { childrenOf, readBoolean, setAt } from "../../host/read-values.ts";
import { certainEntries } from "../reading/persisted-entries.ts";
import { defineRule } from "../rule.ts";

/** An entry in /etc where /etc is an image that nobody can write to, so that there is nothing to mount it on. */
export const entryInImmutableEtc = defineRule({
  code: "IMP431",
  name: "entry-in-immutable-etc",
  group: "coverage",
  severity: "error",
  since: "0.1.0",

  check({ host, report }) {
    const overlay = host.config.at("system", "etc", "overlay");
    if (!isTrue(host, "enable") || !isFalse(host, "mutable")) return;
    const made = childrenOf(host.config.at("environment", "etc")).map(({ name }) => `/etc/${name}`);
    for (const entry of certainEntries(host)) {
      const { path } = entry;
      if (!isBelow(path, "/etc") || path === "/etc/machine-id") continue;
      // A file of the configuration at the path, or a directory that holds one, is there to be mounted on.
      if (made.some((one) => one === path || isBelow(one, path)) || entry.inInitrd) continue;
      report({
        at: entry.place,
        message: `\`system.etc.overlay.mutable = false\` makes /etc an image that cannot be written to, and \`${path}\` is not in it: the ${entry.kind} to mount ${entry.kind === "file" ? "or link " : ""}the persisted one on cannot be made, and nothing is there.`,
        help: path.startsWith("/etc/ssh/")
          ? 'Let sshd keep its keys in the store: services.openssh.hostKeys = [ { path = "/persist/etc/ssh/ssh_host_ed25519_key"; type = "ed25519"; } ];'
          : "Name the place in the store where it is used, or let environment.etc make a link to it.",
        related: [{ place: setAt(overlay.child("mutable")), message: "/etc is immutable by this" }],
      });
    }
  },
});

function isTrue({ config }: Host, name: string): boolean {
  const flag = readBoolean(config.at("system", "etc", "overlay", name));
  return flag?.known === true && flag.value;
}

function isFalse({ config }: Host, name: string): boolean {
  const flag = readBoolean(config.at("system", "etc", "overlay", name));
  return flag?.known === true && !flag.value;
}
