import type { Place } from "../../eval/origin.ts";
import type { Host } from "../../host/host.ts";
import { normalise } from "../../host/paths.ts";
import { childrenOf, isNamed, openOf, readString, readTexts } from "../../host/read-values.ts";
import { tmpfilesOpen, tmpfilesRules } from "../reading/tmpfiles.ts";
import { defineRule } from "../rule.ts";

/** A container that runs as somebody who may not write to the directories that tmpfiles makes for it. */
export const containerUserWithoutAccess = defineRule({
  code: "IMP739",
  name: "container-user-without-access",
  group: "units",
  severity: "warning",
  since: "0.1.0",

  check({ host, report }) {
    const containers = host.config.at("virtualisation", "oci-containers", "containers");
    if (containers.isDefined() === false || tmpfilesOpen(host)) return;
    const rules = tmpfilesRules(host);
    for (const { name, node, certain } of childrenOf(containers)) {
      const user = certain.answer === "yes" && isNamed(node, "user") ? readString(node.child("user")) : undefined;
      const ids = user?.known ? /^(\d+)(?::(\d+))?$/.exec(user.value) : null;
      const [, uid, gid] = ids ?? [];
      if (!user || uid === undefined || uid === "0" || isMapped(node)) continue;
      const volumes = readTexts(node.child("volumes"));
      for (const { text, place } of volumes.texts) {
        const [source = "", inside, options = ""] = text.split(":");
        if (!source.startsWith("/") || inside === undefined || /\b(ro|U|O|idmap)\b/.test(options)) continue;
        const path = normalise(source);
        const own = rules.filter((rule) => rule.path === path && /^[dDvqQzZ]/.test(rule.type));
        const [rule] = own;
        if (own.length !== 1 || !rule || isHandedOver(host, path)) continue;
        const denied = deniedBy(host, rule, uid, gid);
        if (denied === undefined) continue;
        report({
          at: place ?? user.place,
          message: `The container \`${name}\` runs as ${gid === undefined ? `user ${uid}` : `${uid}:${gid}`}, and \`${path}\` is made for \`${rule.user ?? "root"}:${rule.group ?? "root"}\` with the mode ${denied} at every boot: the container cannot write to \`${inside}\`.`,
          help: `Make the directory for it: "d ${path} 0750 ${uid} ${gid ?? uid} -".`,
          related: related(rule.place, user.place),
        });
        break;
      }
    }
  },
});

function related(rule: Place | undefined, user: Place | undefined) {
  return [
    { place: rule, message: "made here" },
    { place: user, message: "the user of the container" },
  ];
}

/** Options that give the ids of the container another meaning, or show the host nothing of them. */
function isMapped(container: Host["config"]): boolean {
  if (openOf(container) !== undefined || isNamed(container, "podman")) return true;
  const { texts, open } = readTexts(container.child("extraOptions"));
  return open.length > 0 || texts.some(({ text }) => /userns|uidmap|gidmap|subuid|group-add|privileged/.test(text));
}

/** The mode with which the directory is closed to the ids; undefined where they may write, or it cannot be told. */
function deniedBy(
  host: Host,
  rule: ReturnType<typeof tmpfilesRules>[number],
  uid: string,
  gid: string | undefined,
): string | undefined {
  const mode = rule.mode === undefined || rule.mode === "-" ? "0755" : rule.mode.replace(/^[:~]+/, "");
  const bits = /^0?0?([0-7])([0-7])([0-7])$/.exec(mode);
  const owner = idOf(host, "users", rule.user);
  const group = idOf(host, "groups", rule.group);
  if (!bits || owner === undefined || group === undefined || owner === uid) return undefined;
  const mayWrite = (digit: string | undefined) => (Number(digit) & 2) !== 0;
  if (mayWrite(bits[3]) || (group === (gid ?? "0") && mayWrite(bits[2]))) return undefined;
  return mode;
}

const KNOWN_IDS: Readonly<Record<string, string>> = { root: "0", users: "100", wheel: "1" };

/** The number of an account or group; undefined for those that are not known. */
function idOf(host: Host, kind: "users" | "groups", name: string | undefined): string | undefined {
  if (name === undefined) return "0";
  if (/^\d+$/.test(name)) return name;
  const known = KNOWN_IDS[name];
  if (known !== undefined) return known;
  const id = host.config.at("users", kind, name, kind === "users" ? "uid" : "gid");
  const value = id.isDefined() === true ? id.value() : undefined;
  return typeof value === "bigint" || typeof value === "number" ? String(value) : undefined;
}

/** A script may change the owner after tmpfiles did. */
function isHandedOver(host: Host, path: string): boolean {
  return host.scripts.some(({ text }) => /\bchown\b|\binstall\b|\bsetfacl\b/.test(text) && text.includes(path));
}
