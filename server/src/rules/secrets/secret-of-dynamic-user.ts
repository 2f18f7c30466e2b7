import type { Place } from "../../eval/origin.ts";
import type { Unit } from "../../host/host.ts";
import { perItem } from "../../host/per-item.ts";
import { isNamed, readBoolean, readString } from "../../host/read-values.ts";
import { runningUnits } from "../reading/data-paths.ts";
import { declaredSecrets } from "../reading/declared-secrets.ts";
import { defineRule } from "../rule.ts";

/** A secret for an account that exists only while its service runs. */
export const secretOfDynamicUser = defineRule({
  code: "IMP810",
  name: "secret-of-dynamic-user",
  group: "secrets",
  severity: "error",
  since: "0.1.0",

  check({ host, report }) {
    const secrets = declaredSecrets(host).filter(({ owner }) => owner.known && !/^(root|\d+)$/.test(owner.value));
    if (secrets.length === 0) return;
    const accounts = ofUnits(runningUnits(host.units));
    for (const { tool, name, node, owner, ownerPlace, place } of secrets) {
      const account = owner.known ? accounts.find(({ user }) => user === owner.value) : undefined;
      if (!account || host.config.at("users", "users", account.user).isDefined() !== false) continue;
      const hasGroup = node.child("group").isDefined() !== false;
      report({
        at: ownerPlace ?? place,
        message: `\`${account.user}\`, the owner of the secret \`${name}\`, is no account of this host: ${account.service} runs with \`DynamicUser\`, and systemd makes the account only while it runs. ${
          tool === "agenix"
            ? "agenix cannot hand the file over, so it stays with root, and the service cannot read it"
            : hasGroup
              ? "sops-nix does not find it when secrets are decrypted, and stops: no service of the host gets a secret"
              : "sops-nix looks for its group among users.users, and the configuration does not evaluate"
        }.`,
        help: "Leave out the owner and let systemd hand the file over, which reads it as root: EnvironmentFile, or LoadCredential with the path below $CREDENTIALS_DIRECTORY.",
        related: [{ place: account.place, message: "runs with DynamicUser" }],
      });
    }
  },
});

interface Account {
  readonly user: string;
  readonly service: string;
  readonly place: Place | undefined;
}

/** Services of the host's own: modules of NixOS that run with DynamicUser may declare the account all the same. */
const ofUnits = perItem(({ name, node, scripts }: Unit): readonly Account[] => {
  if (!isNamed(node, "serviceConfig") || scripts.length === 0) return [];
  const config = node.child("serviceConfig");
  const dynamic = isNamed(config, "DynamicUser") ? readBoolean(config.child("DynamicUser")) : undefined;
  if (!dynamic?.known || !dynamic.value) return [];
  const user = isNamed(config, "User") ? readString(config.child("User")) : undefined;
  if (user && !user.known) return [];
  return [{ user: user?.value ?? name, service: `\`${name}.service\``, place: dynamic.place }];
});
