import { compareVersions } from "../../eval/builtins/versions.ts";
import { look } from "../../eval/value.ts";
import type { Host } from "../../host/host.ts";
import { isNamed, stringOfValue } from "../../host/read-values.ts";
import type { Definition } from "../../modules/option-node.ts";
import { importsImageModule } from "../reading/image-modules.ts";
import { isStateless } from "../reading/stateless-host.ts";
import { placeOfDefinition } from "../reading/why-not-kept.ts";
import { defineRule } from "../rule.ts";

/** A shared module that forces another `system.stateVersion` on a host than the host's own file says. */
export const raisedStateVersion = defineRule({
  code: "IMP744",
  name: "raised-state-version",
  group: "units",
  severity: "warning",
  since: "0.1.0",

  check({ host, report }) {
    const { config } = host;
    const system = config.child("system");
    if (!isNamed(system, "stateVersion") || importsImageModule(host) || isStateless(host)) return;
    const option = system.child("stateVersion");
    const [forced] = option.definitions();
    if (!forced || forced.priority >= PLAIN || forced.condition !== true) return;
    const now = versionOf(forced);
    // Who forces it in the file of the host itself corrects what the others share.
    if (now === undefined || isOwnFile(host, forced.file)) return;
    const own = option
      .allDefinitions()
      .find((one) => one.priority === PLAIN && one.condition === true && isOwnFile(host, one.file));
    const installed = own && versionOf(own);
    if (!own || installed === undefined || compareVersions(now, installed) <= 0) return;
    const moved = host.services
      .filter(({ enable, enabled }) => enabled.answer === "yes" && MOVES.test(enable))
      .map(({ enable }) => enable.split(".")[1] ?? "")
      .filter((name) => !isNamed(config.at("services", name), "package"));
    report({
      at: placeOfDefinition(forced),
      message: `This forces \`system.stateVersion\` to "${now}" on ${host.name}, whose own file says "${installed}": what it is there to hold moves to the defaults of another release, such as directories of services and the major version of databases.${moved.length > 0 ? ` ${moved.join(", ")} ${moved.length > 1 ? "have" : "has"} no \`package\` of ${moved.length > 1 ? "their" : "its"} own and may start with an empty directory of another version.` : ""} What is persisted stays behind.`,
      help: "Leave it at the release of the first installation; a new NixOS needs no new stateVersion.",
      related: [{ place: placeOfDefinition(own), message: `the host itself says "${installed}"` }],
    });
  },
});

/** The priority of a plain definition. */
const PLAIN = 100;

/** Services whose data is in a directory of a version that the stateVersion chooses. */
const MOVES = /^services\.(postgresql|mysql|nextcloud|garage|akkoma|mastodon)\.enable$/;

function versionOf({ cell }: Definition): string | undefined {
  const text = stringOfValue(look(cell), undefined);
  return text.known && /^\d\d\.\d\d$/.test(text.value) ? text.value : undefined;
}

/** Whether a file is the host's own by its name or that of a folder that it is in. */
function isOwnFile({ name, hostName, entry }: Host, file: string): boolean {
  const names = [name, ...(hostName.known ? [hostName.value] : [])];
  return file === entry ? false : file.split("/").some((part) => names.includes(part.replace(/\.nix$/, "")));
}
