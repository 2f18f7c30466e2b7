import { offer } from "../../edits/fix-plan.ts";
import { removeBindingAt } from "../../edits/place-edit.ts";
import type { Host } from "../../host/host.ts";
import { bindingAt, isNamed, nameAt, readString } from "../../host/read-values.ts";
import { homeOf } from "../../host/user-home.ts";
import { hasOwnHomeModule } from "../reading/home-stores.ts";
import { defineRule, type RuleContext } from "../rule.ts";

/** Options of the module of before, with what to do instead. */
const REMOVED: Readonly<Record<string, string>> = {
  allowOther: "Leave it out: the mounts are real ones, which everybody sees.",
  removePrefixDirectory: "Leave it out, and write the entries without their first folder.",
  defaultDirectoryMethod: "Leave it out: directories are always mounted.",
};

/** A store of home-manager's own impermanence module, as it was before that became a part of the system's. */
export const outdatedHomeStore = defineRule({
  code: "IMP460",
  name: "outdated-home-store",
  group: "coverage",
  severity: "error",
  since: "0.1.0",

  check(context) {
    const { host } = context;
    if (hasOwnHomeModule(host)) return;
    for (const store of host.stores) {
      const [top, , user = ""] = store.option;
      if (top !== "home-manager" || store.enabled.answer !== "yes") continue;
      reportRemoved(context, store.option);
      reportPath(context, store.option, user);
    }
  },
});

/** What is said of the version, where flake.lock does not say it. */
function when({ host }: RuleContext): string {
  if (host.release.impermanenceAt !== undefined) return "impermanence";
  return comesFromTheSystem(host)
    ? "As nothing imports its module into home-manager, this is impermanence of January 2026 or later. Since then it"
    : "Since January 2026 impermanence";
}

function severity({ host }: RuleContext): "error" | "information" {
  return host.release.impermanenceAt === undefined && !comesFromTheSystem(host) ? "information" : "error";
}

/**
 * Whether the host imports impermanence and home-manager, and no home a module that could be the one of before: the options
 * of the store are those of the system's then.
 */
function comesFromTheSystem({ config, opaque, incomplete }: Host): boolean {
  const imports = (name: RegExp) => opaque.some(({ inside, why }) => inside === undefined && name.test(why));
  if (!imports(/^`impermanence/) || !imports(/^`home-manager/)) return false;
  if (incomplete.length > 0 || config.at("home-manager", "sharedModules").isDefined() !== false) return false;
  return !opaque.some(({ inside }) => inside?.[0] === "home-manager");
}

function reportRemoved(context: RuleContext, option: readonly string[]): void {
  const store = context.host.config.at(...option);
  for (const [name, help] of Object.entries(REMOVED)) {
    if (!isNamed(store, name)) continue;
    const node = store.child(name);
    context.report({
      at: nameAt(node),
      severity: severity(context),
      message: `${when(context)} has no \`${name}\` in stores of home-manager any more, and refuses to build the host with it: the module of the system makes real mounts.`,
      help,
      fixes: () =>
        name === "removePrefixDirectory"
          ? []
          : offer(removeBindingAt(context, bindingAt(node)), { title: `Leave out ${name}`, safety: "safe" }),
    });
  }
}

function reportPath(context: RuleContext, option: readonly string[], user: string): void {
  const { config } = context.host;
  const store = config.at(...option);
  const own = readString(config.at("home-manager", "users", user, "home", "homeDirectory"));
  const home = own ?? homeOf(config, user);
  const named = isNamed(store, "persistentStoragePath") ? readString(store.child("persistentStoragePath")) : undefined;
  const path = named ? named.known && named.value : option.at(-1);
  if (!home.known || !home.value.startsWith("/") || home.value === "/" || !path || !path.includes(home.value)) return;
  const root = path.slice(0, path.indexOf(home.value)) || "/";
  context.report({
    at: named?.place ?? nameAt(store),
    severity: severity(context),
    message: `${when(context)} puts the home behind the path of the store by itself, and refuses a path that has it already ("persistentStoragePath contains home directory path"): the entries would be in \`${path}${home.value}\`.`,
    help: `Name the store "${root}". What is in \`${path}\` stays where it is and is found there.`,
  });
}
