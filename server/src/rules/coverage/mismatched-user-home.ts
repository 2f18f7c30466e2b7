import { offer } from "../../edits/fix-plan.ts";
import { setOption } from "../../edits/option-edit.ts";
import { removeBindingAt } from "../../edits/place-edit.ts";
import type { Place } from "../../eval/origin.ts";
import type { Host } from "../../host/host.ts";
import { normalise } from "../../host/paths.ts";
import { bindingAt, childrenOf, isNamed, nameAt, readString } from "../../host/read-values.ts";
import { homeOf } from "../../host/user-home.ts";
import type { OptionNode } from "../../modules/option-node.ts";
import { mayBeSetElsewhere } from "../reading/unread-modules.ts";
import { defineRule, type RuleContext } from "../rule.ts";

/** Entries of a user in impermanence whose home is another than the account's, which the module refuses. */
export const mismatchedUserHome = defineRule({
  code: "IMP442",
  name: "mismatched-user-home",
  group: "coverage",
  severity: "error",
  since: "0.1.0",

  check(context) {
    const { host, report } = context;
    const lockedAt = host.release.impermanenceAt;
    if (lockedAt === undefined) return;
    for (const store of host.stores) {
      if (store.option[0] !== "environment" || store.enabled.answer !== "yes") continue;
      const users = host.config.at(...store.option, "users");
      for (const { name, node, certain } of childrenOf(users)) {
        if (certain.answer !== "yes") continue;
        const own = isNamed(node, "home") ? readString(node.child("home")) : undefined;
        if (lockedAt >= REMOVED && own) reportRemoved(context, name, own.place, node);
        const account = accountHome(host, name);
        if (lockedAt >= DEDUCED || account === undefined || own?.known === false) continue;
        const home = own?.value ?? `/home/${name}`;
        if (normalise(home) === normalise(account)) continue;
        const path = [...node.path, "home"];
        report({
          at: own?.place ?? nameAt(node),
          message: `impermanence puts the entries of \`${name}\` below \`${home}\`${own ? "" : ", its default for every user"}, and the home of the account is \`${account}\`: it refuses to build the host ("Users and home doesn't match").`,
          help: `Set home = "${account}"; in this set.`,
          related: [{ place: nameAt(host.config.at("users", "users", name)), message: "the account" }],
          fixes: () =>
            own
              ? []
              : offer(setOption(context, path, `"${account}"`), {
                  title: `Set home = "${account}"`,
                  safety: "safe",
                  preferred: true,
                }),
        });
      }
    }
  },
});

/** When impermanence began to take the home from the account, and when it took its own option away. */
const DEDUCED = 1758372777;
const REMOVED = 1767821675;

function reportRemoved(context: RuleContext, name: string, place: Place | undefined, node: OptionNode): void {
  context.report({
    at: place,
    message: `impermanence takes the home of \`${name}\` from the account, and \`home\` is an option that it removed in January 2026: it refuses to build the host with the revision in flake.lock.`,
    help: "Leave it out.",
    fixes: () =>
      offer(removeBindingAt(context, bindingAt(node.child("home"))), {
        title: "Leave out home",
        safety: "safe",
        preferred: true,
      }),
  });
}

/** The home of an account, where it is certain. */
function accountHome(host: Host, name: string): string | undefined {
  const home = homeOf(host.config, name);
  if (!home.known || !home.value.startsWith("/")) return undefined;
  if (name === "root") return home.value;
  const account = host.config.at("users", "users", name);
  // Without a word of its own it is a person's, or a module's that cannot be read.
  if (isNamed(account, "home")) return home.value;
  const isKnown = host.config.at("users", "users").isDefined() === true && !mayBeSetElsewhere(host);
  return isKnown && (isNamed(account, "isNormalUser") || isNamed(account, "isSystemUser")) ? home.value : undefined;
}
