import { isAtOrBelow, normalise } from "../../host/paths.ts";
import { isNamed } from "../../host/read-values.ts";
import { bindAt, type NixosContainer, nixosContainers } from "../reading/nixos-containers.ts";
import { textsBelow } from "../reading/option-texts.ts";
import { mayBeSetByOwnModules } from "../reading/unread-modules.ts";
import { defineRule } from "../rule.ts";

/** A secret of the host that a container is to read, and that is not there. */
export const hostSecretInContainer = defineRule({
  code: "IMP741",
  name: "host-secret-in-container",
  group: "units",
  severity: "warning",
  since: "0.1.0",

  check({ host, report }) {
    const containers = nixosContainers(host.config);
    if (containers.length === 0 || mayBeSetByOwnModules(host)) return;
    for (const container of containers) {
      if (container.bindsOpen || mayDecrypt(container, host.opaque)) continue;
      const said = new Set<string>();
      for (const { text, option, place } of textsBelow(container.config)) {
        const path = SECRET.exec(text)?.[0];
        if (path === undefined || said.has(path) || isThere(container, normalise(path))) continue;
        said.add(path);
        const name = option.slice(container.config.path.length).join(".");
        report({
          at: place,
          message: `The container \`${container.name}\` is to read \`${path}\` (\`${name}\`), which is a secret of the host. A container has a \`/run\` of its own, and no bind mount brings the secret in: what reads it there fails.`,
          help: `Bind it: containers.${container.name}.bindMounts."${path}" = { }; the file has to belong to the number of the account that reads it in the container.`,
        });
      }
    }
  },
});

/** Where the modules for secrets put them by default. */
const SECRET = /^\/run\/(?:agenix|secrets|secrets-for-users|agenix-rekey|vaultix|keys)\/[\w./@+-]+$/;

/** A container may have secrets of its own. */
function mayDecrypt({ config }: NixosContainer, opaque: readonly { readonly inside?: readonly string[] }[]): boolean {
  if (["sops", "age", "vaultix", "sops-nix"].some((name) => isNamed(config, name))) return true;
  return opaque.some(({ inside }) => inside !== undefined && inside.join(".") === config.path.join("."));
}

function isThere(container: NixosContainer, path: string): boolean {
  if (bindAt(container, path)) return true;
  return container.binds.some(({ inside }) => isAtOrBelow(inside, path));
}
