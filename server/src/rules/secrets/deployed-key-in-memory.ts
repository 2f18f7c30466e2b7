import type { Place } from "../../eval/origin.ts";
import type { Host } from "../../host/host.ts";
import { isAtOrBelow, joinPath, normalise } from "../../host/paths.ts";
import { childrenOf, nameAt, readString } from "../../host/read-values.ts";
import { defineRule } from "../rule.ts";
import { namedFiles } from "./named-files.ts";

/** A key that a deployment tool uploads into memory, for something that runs at every boot. */
export const deployedKeyInMemory = defineRule({
  code: "IMP808",
  name: "deployed-key-in-memory",
  group: "secrets",
  severity: "warning",
  since: "0.1.0",

  check({ host, report }) {
    const keys = keysInMemory(host);
    if (keys.length === 0) return;
    const said = new Set<string>();
    for (const { path, option, place } of namedFiles(host)) {
      const key = keys.find((one) => one.path === path);
      if (!key || said.has(path) || isPlanned(host, key)) continue;
      said.add(path);
      report({
        at: place,
        message: `\`${path}\`, which \`${option}\` names, is uploaded by the deployment into memory (\`deployment.keys.${key.name}\`): after a reboot it is not there, and what needs it fails until somebody uploads the keys again.`,
        help: `Give the key a destDir that survives, such as a directory in the store, and name it there; or let services wait for \`${key.name}-key.service\` and run colmena upload-keys after each reboot.`,
        related: [{ place: key.place, message: "uploaded by this" }],
      });
    }
  },
});

interface DeployedKey {
  readonly name: string;
  readonly path: string;
  readonly place: Place | undefined;
}

/** Keys of colmena and NixOps; the usual directory is /run/keys. */
function keysInMemory({ config }: Host): readonly DeployedKey[] {
  return childrenOf(config.at("deployment", "keys")).flatMap(({ name, node, certain }): DeployedKey[] => {
    const [directory, file] = ["destDir", "name"].map((key) =>
      node.child(key).isDefined() === false ? undefined : readString(node.child(key)),
    );
    if (certain.answer !== "yes" || (directory && !directory.known) || (file && !file.known)) return [];
    const path = joinPath(directory?.value ?? "/run/keys", file?.value ?? name);
    return isAtOrBelow(path, "/run") || isAtOrBelow(path, "/dev/shm") ? [{ name, path, place: nameAt(node) }] : [];
  });
}

/** Whether something waits for the key, or puts it back itself. */
function isPlanned({ units, scripts }: Host, { name, path }: DeployedKey): boolean {
  const service = `${name}-key.service`;
  const folder = normalise(path.slice(0, path.lastIndexOf("/")));
  return (
    units.some(({ after }) => after.some(({ text }) => text === service)) ||
    scripts.some(({ text }) => /\b(cp|install|mv|rsync)\b/.test(text) && text.includes(folder))
  );
}
