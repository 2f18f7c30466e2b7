import type { Host } from "../../host/host.ts";
import { childrenOf, isNamed, openOf, readBoolean, readString } from "../../host/read-values.ts";
import { type AccountText, readersOfUnits } from "../reading/account-texts.ts";
import { runningUnits } from "../reading/data-paths.ts";
import { mayBeInGroup } from "../reading/group-members.ts";
import { serviceTexts } from "../reading/option-texts.ts";
import { defineRule } from "../rule.ts";

/** A certificate of NixOS's ACME that an account reads which is not in the group that may. */
export const certificateOfAnotherGroup = defineRule({
  code: "IMP826",
  name: "certificate-of-another-group",
  group: "secrets",
  severity: "warning",
  since: "0.1.0",

  check({ host, report }) {
    if (host.config.at("security", "acme").isDefined() === false && !hasSites(host)) return;
    const said = new Set<string>();
    for (const { text, account, by, place, unit, isDynamic } of [
      ...ofServices(host),
      ...readersOfUnits(runningUnits(host.units)),
    ]) {
      const [path = "", name = ""] = CERTIFICATE.exec(text) ?? [];
      const group = path === "" ? undefined : groupOf(host, name);
      if (!group || said.has(`${account} ${name}`) || mayRead(host, unit, account, group.name)) continue;
      said.add(`${account} ${name}`);
      report({
        at: place,
        message: `${by} reads \`${path}\` as \`${account}\`, and the certificate \`${name}\` is handed out to the group \`${group.name}\` alone (${group.why}; its directory has the mode 0750, its files 0640), in which \`${account}\` is not. It fails with "Permission denied".`,
        help: isDynamic
          ? `Add the group to the unit (SupplementaryGroups = [ "${group.name}" ]), or let systemd hand the files over (LoadCredential).`
          : `Add users.users.${account}.extraGroups = [ "${group.name}" ], or give security.acme.certs."${name}" a group of its own that has all who read it.`,
        related: [{ place: group.place, message: "the certificate is asked for here" }],
      });
    }
  },
});

const CERTIFICATE = /\/var\/lib\/acme\/([\w.*-]+)\/(?:key|full|fullchain|cert|chain)\.pem(?![\w.-])/;

/** Services whose modules name a certificate in a setting, and that open it as their own account; read in the modules. */
const READERS: readonly {
  readonly option: RegExp;
  readonly unit: string;
  readonly account: string;
  readonly user?: string;
}[] = [
  {
    option: /^services\.mosquitto\.(.*\.)?(settings\.)?(certfile|keyfile|cafile)$/,
    unit: "mosquitto",
    account: "mosquitto",
  },
  { option: /^services\.coturn\.(cert|pkey)$/, unit: "coturn", account: "turnserver" },
  {
    option: /^services\.prosody\.(.*\.)?ssl\.(cert|key)$/,
    unit: "prosody",
    account: "prosody",
    user: "services.prosody.user",
  },
];

function ofServices(host: Host): AccountText[] {
  return serviceTexts(host).flatMap(({ text, option, place }): AccountText[] => {
    if (!text.includes("/var/lib/acme/")) return [];
    const name = option.join(".");
    const reader = READERS.find((one) => one.option.test(name));
    const user = reader?.user === undefined ? undefined : readString(host.config.at(...reader.user.split(".")));
    if (!reader || user?.known === false) return [];
    return [{ text, account: user?.value ?? reader.account, by: `\`${name}\``, place, unit: reader.unit }];
  });
}

/** Whether the account may be let in: by its groups, by those of its unit, or because the unit is changed in a way that counts. */
function mayRead(host: Host, unit: string | undefined, account: string, group: string): boolean {
  if (account === group || account === "root" || mayBeInGroup(host, account, group)) return true;
  if (unit === undefined) return true;
  const settings = host.config.at("systemd", "services", unit, "serviceConfig");
  if (openOf(settings) !== undefined) return true;
  const own = isNamed(settings, "Group") ? readString(settings.child("Group")) : undefined;
  if (own && (!own.known || own.value === group)) return true;
  return ["SupplementaryGroups", "LoadCredential", "AmbientCapabilities", "BindReadOnlyPaths"].some((name) =>
    isNamed(settings, name),
  );
}

const SITES = [
  { server: "nginx", usual: "nginx", name: "serverName" },
  { server: "httpd", usual: "wwwrun", name: "hostName" },
] as const;

function hasSites({ config }: Host): boolean {
  return SITES.some(({ server }) => config.at("services", server, "virtualHosts").isDefined() !== false);
}

/** The group that a certificate is for: its own, the common one, that of the web server that asks for it, else `acme`. */
function groupOf({ config }: Host, name: string) {
  const acme = config.at("security", "acme");
  const certs = acme.child("certs");
  const own = isNamed(certs, name) ? certs.child(name) : undefined;
  if (own && isNamed(own, "group")) {
    const group = readString(own.child("group"));
    return group?.known ? { name: group.value, why: "it says so", place: group.place } : undefined;
  }
  if (openOf(certs) !== undefined || (own && openOf(own))) return undefined;
  if (acme.at("defaults", "group").isDefined() !== false) return undefined;
  for (const { server, usual, name: option } of SITES) {
    const web = config.at("services", server);
    if (!readsAs(web.child("enable"))) continue;
    for (const { name: key, node, certain } of childrenOf(web.child("virtualHosts"))) {
      const named = isNamed(node, option) ? readString(node.child(option)) : undefined;
      if (named?.known === false || certain.answer !== "yes") {
        if (key === name) return undefined;
        continue;
      }
      if ((named?.value ?? key) !== name || !isNamed(node, "enableACME") || !readsAs(node.child("enableACME")))
        continue;
      if (isNamed(node, "useACMEHost")) continue;
      const group = isNamed(web, "group") ? readString(web.child("group")) : undefined;
      if (group?.known === false) return undefined;
      return {
        name: group?.value ?? usual,
        why: `${server} asks for it`,
        place: readBoolean(node.child("enableACME"))?.place,
      };
    }
  }
  return own ? { name: "acme", why: "the usual one", place: own.definitions()[0]?.place } : undefined;
}

function readsAs(node: Host["config"]): boolean {
  const flag = node.isDefined() === false ? undefined : readBoolean(node);
  return flag?.known === true && flag.value;
}
