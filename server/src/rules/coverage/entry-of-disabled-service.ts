import { type ServiceEntry, servicesKeeping } from "../../catalogue/catalogue.ts";
import { offer } from "../../edits/fix-plan.ts";
import { removeElementAt } from "../../edits/place-edit.ts";
import type { Host } from "../../host/host.ts";
import { isAtOrBelow } from "../../host/paths.ts";
import { childrenOf, readBoolean, setAt } from "../../host/read-values.ts";
import type { OptionNode } from "../../modules/option-node.ts";
import { namesPath } from "../reading/names-path.ts";
import { textsBelow } from "../reading/option-texts.ts";
import { certainEntries } from "../reading/persisted-entries.ts";
import { mayBeSetByOwnModules, mayBeSetElsewhere } from "../reading/unread-modules.ts";
import { isTrue } from "../reading/used-home-states.ts";
import { defineRule } from "../rule.ts";

/** The state of a service that the host switches off by name is still persisted. */
export const entryOfDisabledService = defineRule({
  code: "IMP419",
  name: "entry-of-disabled-service",
  group: "coverage",
  severity: "hint",
  since: "0.1.0",

  check(context) {
    const { host } = context;
    for (const entry of certainEntries(host)) {
      const owners = servicesKeeping(entry.path);
      if (owners.length === 0 || isUsed(host, entry.path)) continue;
      const personal = runForPersons(host, owners, entry.path);
      if (personal) {
        context.report({
          at: entry.place ?? entry.store.place,
          severity: "warning",
          message: `\`${entry.path}\` is where ${personal.what} of the whole system keeps its state. On this host only that of ${personal.whom} runs, which keeps it in ${personal.where}: the entry keeps nothing of it.`,
          help: `Persist ${personal.where} instead, unless the home is kept, and remove the entry.`,
          related: [{ place: setAt(personal.flag), message: "switched on here" }],
        });
        continue;
      }
      const off = owners.map(({ enable }) => ({
        enable,
        flag: enable.includes("*") ? undefined : switchOf(host, enable),
      }));
      const [first] = off;
      if (!first || off.some(({ flag }) => flag?.known !== true || flag.value)) continue;
      context.report({
        at: entry.place ?? entry.store.place,
        message: `\`${entry.path}\` is the state of \`${first.enable.replace(/\.enable$/, "")}\`, which is switched off here. The entry keeps old data, and makes an empty directory on a new machine.`,
        help: "Remove the entry if the service is gone for good, and delete what is in the store.",
        related: [{ place: setAt(host.config.at(...first.enable.split("."))), message: "switched off here" }],
        fixes: () =>
          entry.editable
            ? offer(removeElementAt(context, entry.place), {
                title: `Stop persisting \`${entry.path}\``,
                safety: "unsafe",
                note: "The data stays in the store until somebody deletes it.",
              })
            : [],
      });
    }
  },
});

/** A service that runs for persons alone, in whose homes it keeps its state. */
interface Personal {
  readonly what: string;
  readonly whom: string;
  readonly where: string;
  readonly flag: OptionNode;
}

/** The same program as one of these services, where it is switched on for persons and not for the system. */
function runForPersons(host: Host, owners: readonly ServiceEntry[], path: string): Personal | undefined {
  const { config } = host;
  const rootless = config.at("virtualisation", "docker", "rootless", "enable");
  const isDocker = owners.some(({ enable }) => enable === "virtualisation.docker.enable");
  // What cannot be read might run it for the system as well; a module of somebody else starts no second Docker.
  if (isDocker ? mayBeSetByOwnModules(host) : mayBeSetElsewhere(host)) return undefined;
  if (isDocker && isTrue(rootless))
    return { what: "the Docker", whom: "the users (rootless)", where: "`~/.local/share/docker`", flag: rootless };
  for (const { name: user, node } of childrenOf(config.at("home-manager", "users"))) {
    for (const { enable } of owners) {
      const name = /^services\.([\w-]+)\.enable$/.exec(enable)?.[1];
      const flag = name === undefined ? undefined : node.at("services", name, "enable");
      if (flag && name && isTrue(flag) && !namesIt(node.at("services", name), path))
        return { what: `the \`${name}\``, whom: `\`${user}\``, where: `the home of \`${user}\``, flag };
    }
  }
  return undefined;
}

/** Whether options tell a program to keep its state at this path all the same. */
function namesIt(options: OptionNode, path: string): boolean {
  return textsBelow(options).some(({ text }) => namesPath(text, path));
}

/** What the host itself says; a default says nothing of what is meant. */
function switchOf(host: Host, enable: string) {
  const node = host.config.at(...enable.split("."));
  return node.isDefined() === true ? readBoolean(node) : undefined;
}

/** Any service that is, or may be, on and keeps something there. */
function isUsed(host: Host, path: string): boolean {
  return host.services.some(
    ({ enabled, state }) =>
      enabled.answer !== "no" &&
      state.some((own) => isAtOrBelow(own.path, path) || isAtOrBelow(path, own.path) || own.link === path),
  );
}
