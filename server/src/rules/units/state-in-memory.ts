import type { Host } from "../../host/host.ts";
import { isNamed, nameAt, readBoolean, readString, readTexts, setAt } from "../../host/read-values.ts";
import { defineRule, type RuleContext } from "../rule.ts";

/** A service that is set to keep its state in memory, where it is gone when the service stops. */
export const stateInMemory = defineRule({
  code: "IMP747",
  name: "state-in-memory",
  group: "units",
  severity: "warning",
  since: "0.1.0",

  check(context) {
    checkVault(context);
    for (const name of ["dhcp4", "dhcp6"]) checkKea(context, name);
  },
});

/** Source of truth: vault.nix of nixpkgs, whose `storageBackend` is "inmem" unless somebody sets it. */
function checkVault({ host, report }: RuleContext): void {
  const vault = host.config.at("services", "vault");
  if (vault.isDefined() === false || !isOn(vault.child("enable"))) return;
  // For trying out. Its secrets are not meant to stay.
  if (isNamed(vault, "dev") && !isOff(vault.child("dev"))) return;
  const backend = isNamed(vault, "storageBackend") ? readString(vault.child("storageBackend")) : undefined;
  if (backend && !(backend.known && backend.value === "inmem")) return;
  const files = isNamed(vault, "extraSettingsPaths") ? readTexts(vault.child("extraSettingsPaths")) : undefined;
  const extra = isNamed(vault, "extraConfig") ? readString(vault.child("extraConfig")) : undefined;
  if (files && (files.texts.length > 0 || files.open.length > 0)) return;
  if (extra && (!extra.known || /\bstorage\b|\bbackend\b/.test(extra.value))) return;
  const kept = persistedAt(host, ["/var/lib/vault"]);
  report({
    at: backend?.place ?? setAt(vault.child("enable")),
    message: `Vault keeps its secrets in memory (\`services.vault.storageBackend\` is "inmem"${backend ? "" : " where nobody sets it"}): all of them are gone when the service stops, and at each reboot.${kept ? ` \`${kept.path}\` is persisted, and stays empty.` : ""}`,
    help: 'Set services.vault.storageBackend = "raft" (with a node id in storageConfig) or "file", and keep /var/lib/vault.',
    related: kept?.place ? [{ place: kept.place, message: "is persisted" }] : [],
  });
}

/** Source of truth: the manual of Kea on `memfile`, whose `persist` says whether leases are written to the file at all. */
function checkKea({ host, report }: RuleContext, name: string): void {
  const server = host.config.at("services", "kea", name);
  if (server.isDefined() === false || !isOn(server.child("enable"))) return;
  const database = server.at("settings", "lease-database");
  if (database.isDefined() === false || !isNamed(database, "persist")) return;
  const type = readString(database.child("type"));
  if (!type?.known || type.value !== "memfile" || !isOff(database.child("persist"))) return;
  const kept = persistedAt(host, ["/var/lib/kea", "/var/lib/private/kea"]);
  const isContradicted = kept !== undefined || isNamed(database, "name");
  report({
    at: nameAt(database.child("persist")),
    severity: isContradicted ? "warning" : "information",
    message: `\`persist = false\` keeps the leases of Kea in memory: nothing is written to ${kept ? `\`${kept.path}\`, which is persisted` : isNamed(database, "name") ? "the file that is named for them" : "a file"}. After a restart it does not know which addresses are in use, and gives them to others.`,
    help: "Leave `persist` out: leases are written by default. Keep /var/lib/private/kea (/var/lib/kea) over the reboot.",
    related: kept?.place ? [{ place: kept.place, message: "is persisted" }] : [],
  });
}

/** The first of some directories that a store keeps by itself. */
function persistedAt(host: Host, paths: readonly string[]) {
  return paths
    .map((path) => host.fateOf(path).persisted)
    .find((entry) => entry !== undefined && paths.includes(entry.path));
}

function isOn(node: Host["config"]): boolean {
  const flag = readBoolean(node);
  return flag?.known === true && flag.value;
}

function isOff(node: Host["config"]): boolean {
  const flag = readBoolean(node);
  return flag?.known === true && !flag.value;
}
