import type { Host } from "../../host/host.ts";
import { isAtOrBelow, normalise } from "../../host/paths.ts";
import { childrenOf, openOf, readString } from "../../host/read-values.ts";
import { type DeclaredSecret, declaredSecrets } from "../reading/declared-secrets.ts";
import { nearestName } from "../reading/nearest-name.ts";
import { scriptWrites } from "../reading/script-writes.ts";
import { tmpfilesRules } from "../reading/tmpfiles.ts";
import { mayBeSetByOwnModules } from "../reading/unread-modules.ts";
import { defineRule } from "../rule.ts";
import { namedFiles } from "./named-files.ts";

/** A path in the folder of sops-nix or agenix that none of the declared secrets has. */
export const unknownSecretPath = defineRule({
  code: "IMP836",
  name: "unknown-secret-path",
  group: "secrets",
  severity: "warning",
  since: "0.1.0",

  check({ host, report }) {
    const folders = secretFolders(host);
    if (folders.length === 0 || mayBeSetByOwnModules(host)) return;
    const said = new Set<string>();
    for (const { path, option, place } of namedFiles(host)) {
      const folder = folders.find((one) => one.folders.some((top) => path.startsWith(`${top}/`)));
      if (!folder || said.has(path) || folder.paths.some((own) => isAtOrBelow(path, own)) || isMade(host, path))
        continue;
      said.add(path);
      const near = nearestName(path, folder.paths) ?? folder.paths.find((own) => plain(own) === plain(path));
      const secret =
        near === undefined ? undefined : folder.secrets.find((one) => one.path?.known && one.path.value === near);
      report({
        at: place,
        message: `\`${path}\`, which \`${option}\` names, does not exist: no secret of ${folder.tool} lies there${near ? ` (one lies at \`${near}\`)` : ""}. What needs it fails.`,
        help: secret
          ? `Take the path from the secret: config.${folder.option}.${JSON.stringify(secret.name)}.path.`
          : `Declare the secret (${folder.option}.…), or take the path from one that is declared: config.${folder.option}.….path.`,
        related: secret ? [{ place: secret.place, message: "the secret is declared here" }] : [],
      });
    }
  },
});

interface SecretFolder {
  readonly tool: DeclaredSecret["tool"];
  readonly option: string;
  /** Where the tool puts what it decrypts. */
  readonly folders: readonly string[];
  readonly secrets: readonly DeclaredSecret[];
  /** All that certainly lies there. */
  readonly paths: readonly string[];
}

/** The folders of the tools that have secrets on this host, all of which are known. Sources of truth: the modules of sops-nix and agenix. */
function secretFolders(host: Host): readonly SecretFolder[] {
  const { config } = host;
  const all = declaredSecrets(host);
  const of = (tool: DeclaredSecret["tool"], option: string, folders: readonly string[]): SecretFolder[] => {
    const sets = [config.at(...option.split(".")), ...(tool === "sops-nix" ? [config.at("sops", "templates")] : [])];
    const secrets = all.filter((secret) => secret.tool === tool);
    const isOpen = sets.some((set) => openOf(set) || childrenOf(set).some(({ certain }) => certain.answer !== "yes"));
    if (secrets.length === 0 || isOpen || secrets.some(({ path }) => path?.known !== true)) return [];
    const paths = secrets.flatMap(({ path }) => (path?.known ? [normalise(path.value)] : []));
    const rendered = sets.slice(1).flatMap((set) =>
      childrenOf(set).map(({ name, node }) => {
        const own = readString(node.child("path"));
        return own?.known ? normalise(own.value) : `/run/secrets/rendered/${name}`;
      }),
    );
    return [{ tool, option, folders, secrets, paths: [...paths, ...rendered, ...UNUSUAL] }];
  };
  const directory = config.at("age", "secretsDir");
  const own = directory.isDefined() === false ? "/run/agenix" : readString(directory);
  const agenix = typeof own === "string" ? own : own?.known ? normalise(own.value) : undefined;
  return [
    ...of("sops-nix", "sops.secrets", ["/run/secrets", "/run/secrets-for-users"]),
    ...(agenix === undefined ? [] : of("agenix", "age.secrets", [agenix])),
  ];
}

/** What sops-nix makes beside the secrets. */
const UNUSUAL = ["/run/secrets/age-keys.txt", "/run/secrets/rendered"];

/** Letters and digits alone: `restic/env` and `restic-env` are the same name to who writes them. */
function plain(path: string): string {
  return path.toLowerCase().replace(/[^a-z0-9]/g, "");
}

/** Whether something else puts it there: a mount, tmpfiles, or a script. */
function isMade(host: Host, path: string): boolean {
  return (
    host.fileSystems.some(
      ({ mountpoint }) => mountpoint !== "/" && mountpoint !== "/run" && isAtOrBelow(path, mountpoint),
    ) ||
    tmpfilesRules(host).some(({ path: made }) => isAtOrBelow(path, made)) ||
    host.scripts.some(
      (script) => script.text.includes(path) && scriptWrites(script).some((write) => isAtOrBelow(path, write.path)),
    ) ||
    host.config.at("systemd", "mounts").isDefined() !== false
  );
}
