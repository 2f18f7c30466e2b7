import { offer } from "../../edits/fix-plan.ts";
import { setOption } from "../../edits/option-edit.ts";
import type { Place } from "../../eval/origin.ts";
import type { Host } from "../../host/host.ts";
import { childrenOf, isNamed, nameAt, openOf, readBoolean, readString, readTexts } from "../../host/read-values.ts";
import type { OptionNode } from "../../modules/option-node.ts";
import { mayBeSetByOwnModules } from "../reading/unread-modules.ts";
import { defineRule } from "../rule.ts";

/** A service of a user's own systemd for an account that nobody logs in to, where nothing makes that systemd start. */
export const userUnitWithoutLinger = defineRule({
  code: "IMP730",
  name: "user-unit-without-linger",
  group: "units",
  severity: "warning",
  since: "0.1.0",

  check(context) {
    const { host, report } = context;
    const units = [...ofSystem(host), ...ofHomes(host)];
    if (units.length === 0 || mayBeSetByOwnModules(host)) return;
    // What loginctl enable-linger wrote stays where it is not wiped.
    if (host.fateOf("/var/lib/systemd/linger").survives.answer !== "no") return;
    for (const { user, unit, place } of units) {
      const account = host.config.at("users", "users", user);
      if (!isNamed(host.config.at("users", "users"), user) || lingers(account) || mayLogIn(host, account, user))
        continue;
      report({
        at: place,
        message: `\`${unit}\` is run by the systemd of \`${user}\`, which starts with the first login of that account. Nobody logs in to it, as it has neither a password nor a key, and \`linger\` is not set: after a boot the service does not run.${host.isImpermanent ? " What loginctl enable-linger wrote is in /var/lib/systemd/linger, which is lost." : ""}`,
        help: `Set users.users.${user}.linger = true; or make it a service of the system with User = "${user}".`,
        related: [{ place: nameAt(account), message: "the account" }],
        fixes: () =>
          offer(setOption(context, ["users", "users", user, "linger"], "true"), {
            title: `Let the services of ${user} run from the boot on`,
            safety: "unsafe",
            preferred: true,
            note: `All user services of ${user} run from the boot on.`,
          }),
      });
    }
  },
});

interface UserUnit {
  readonly user: string;
  readonly unit: string;
  readonly place: Place | undefined;
}

/** Units in `systemd.user.services` that say for whom they are. */
function ofSystem({ config }: Host): UserUnit[] {
  return childrenOf(config.at("systemd", "user", "services")).flatMap(({ name, node, certain }): UserUnit[] => {
    if (certain.answer !== "yes" || !isNamed(node, "unitConfig") || !isNamed(node, "wantedBy")) return [];
    const condition = readString(node.at("unitConfig", "ConditionUser"));
    const isStarted = readTexts(node.child("wantedBy")).texts.some(({ text }) => text === "default.target");
    if (!isStarted || !condition?.known || !/^[a-z_][\w-]*$/.test(condition.value)) return [];
    return [{ user: condition.value, unit: `${name}.service`, place: condition.place ?? nameAt(node) }];
  });
}

/** The first unit of each home that is to start by itself. */
function ofHomes({ config }: Host): UserUnit[] {
  const users = config.at("home-manager", "users");
  if (users.isDefined() === false) return [];
  return childrenOf(users).flatMap(({ name: user, node, certain }) => {
    const units = node.at("systemd", "user", "services");
    if (certain.answer !== "yes" || units.isDefined() !== true) return [];
    const started = childrenOf(units).filter(
      (unit) =>
        unit.certain.answer === "yes" &&
        readTexts(unit.node.at("Install", "WantedBy")).texts.some(({ text }) => text === "default.target"),
    );
    return started.slice(0, 1).map(({ name, node: unit }) => ({ user, unit: `${name}.service`, place: nameAt(unit) }));
  });
}

function lingers(account: OptionNode): boolean {
  const flag = isNamed(account, "linger") ? readBoolean(account.child("linger")) : undefined;
  return flag !== undefined && (!flag.known || flag.value);
}

const WAYS_IN = [
  ...["password", "hashedPassword", "passwordFile", "hashedPasswordFile", "initialPassword", "initialHashedPassword"],
];

/** Whether somebody may log in to an account: by a password, a key, or without being asked. */
function mayLogIn({ config }: Host, account: OptionNode, user: string): boolean {
  if (openOf(account) !== undefined || WAYS_IN.some((option) => isNamed(account, option))) return true;
  const keys = account.at("openssh", "authorizedKeys");
  if (["keys", "keyFiles"].some((option) => keys.isDefined() !== false && isNamed(keys, option))) return true;
  const mutable = readBoolean(config.at("users", "mutableUsers"));
  // A password that is set by hand stays only where /etc does.
  if (user === "root" || mutable?.known === false) return true;
  const automatic = [
    config.at("services", "getty", "autologinUser"),
    config.at("services", "displayManager", "autoLogin", "user"),
    config.at("services", "xserver", "displayManager", "autoLogin", "user"),
    config.at("services", "greetd"),
  ];
  return automatic.some((option) => option.isDefined() !== false);
}
