import { offer } from "../../edits/fix-plan.ts";
import { giveMode } from "../../edits/persisted-entry-edit.ts";
import type { Host, PersistedPath } from "../../host/host.ts";
import { readBoolean, readString } from "../../host/read-values.ts";
import { certainEntries } from "../reading/persisted-entries.ts";
import { secretManagers } from "../reading/secret-identities.ts";
import { defineRule } from "../rule.ts";

/** Files that hold a private key. */
const KEYS = [
  /^\/etc\/ssh\/ssh_host_[a-z0-9]+_key$/,
  /\/\.ssh\/(id_[a-z0-9]+|identity)$/,
  /\/sops(-nix)?\/(age\/)?keys?\.txt$/,
  /\/(age|wireguard|wg)[^/]*\/[^/]*(private|key)[^/]*$/,
  /\.(key|privkey)$/,
];

/** preservation gives files the mode 0644 at every boot, unless told otherwise. */
export const readablePrivateFile = defineRule({
  code: "IMP418",
  name: "readable-private-file",
  group: "coverage",
  severity: "warning",
  since: "0.1.0",

  check(context) {
    for (const entry of certainEntries(context.host)) {
      if (entry.store.module !== "preservation" || entry.kind !== "file" || entry.linked) continue;
      if (entry.path.endsWith(".pub") || !KEYS.some((key) => key.test(entry.path))) continue;
      if (entry.mode && (!entry.mode.known || !/[4567]$/.test(entry.mode.value))) continue;
      const isHostKey = entry.path.startsWith("/etc/ssh/");
      const isIdle = isHostKey && !isOn(context.host, "services.openssh.enable") && !decrypts(context.host, entry.path);
      // The client of ssh refuses such a key whatever keeps others from it.
      const isRefused = entry.path.includes("/.ssh/");
      const home = isRefused ? undefined : closedHome(context.host, entry);
      const effect = isIdle
        ? "everybody can read it. No sshd is switched on here that would make, use or refuse it."
        : home === undefined
          ? `everybody can read the key.${isRefused ? ' ssh refuses to use it ("UNPROTECTED PRIVATE KEY FILE").' : ""}${isHostKey ? ' sshd refuses such a key ("permissions are too open").' : ""}`
          : `only the mode of the home (${home}) keeps others from the key.`;
      context.report({
        at: entry.place ?? entry.store.place,
        severity: isIdle || home !== undefined ? "information" : "warning",
        message: `preservation gives \`${entry.path}\` the mode ${entry.mode?.known ? entry.mode.value : "0644"} at every boot, here and in the store: ${effect}`,
        help: 'Say mode = "0600"; or link the file (how = "symlink"), which leaves its mode alone.',
        fixes: () =>
          offer(giveMode(context, entry, "0600"), {
            title: `Give \`${entry.path}\` the mode 0600`,
            safety: "safe",
            preferred: true,
          }),
      });
    }
  },
});

/** Whether a tool of secrets decrypts with the key. */
function decrypts(host: Host, path: string): boolean {
  return secretManagers(host).some(({ identities }) => identities.some((identity) => identity.path === path));
}

/** The mode of the home that an entry of a user is in, where it keeps others out; preservation gives it to the home in the store as well. */
function closedHome({ config }: Host, { userName }: PersistedPath): string | undefined {
  if (userName === undefined) return undefined;
  const option = config.at("users", "users", userName, "homeMode");
  const mode = option.isDefined() === false ? undefined : readString(option);
  if (mode && !mode.known) return undefined;
  const value = mode?.value ?? "0700";
  return /[0-7]{2}0$/.test(value) ? value : undefined;
}

function isOn({ config }: Host, option: string): boolean {
  const flag = readBoolean(config.at(...option.split(".")));
  return flag === undefined ? config.at(...option.split(".")).isDefined() !== false : !flag.known || flag.value;
}
