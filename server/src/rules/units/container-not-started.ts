import type { Host, ServiceState } from "../../host/host.ts";
import { isNamed, readString } from "../../host/read-values.ts";
import { type NixosContainer, nixosContainers, placeOfContainer } from "../reading/nixos-containers.ts";
import { serviceTexts } from "../reading/option-texts.ts";
import { isStartedByOthers } from "../reading/own-timers.ts";
import { mayBeSetElsewhere } from "../reading/unread-modules.ts";
import { defineRule } from "../rule.ts";

/** A container with services that nothing starts at boot. */
export const containerNotStarted = defineRule({
  code: "IMP742",
  name: "container-not-started",
  group: "units",
  severity: "information",
  since: "0.1.0",

  check({ host, report }) {
    const containers = nixosContainers(host.config);
    if (containers.length === 0 || mayBeSetElsewhere(host)) return;
    for (const container of containers) {
      const { name, node, config, isEphemeral } = container;
      // What is said, is meant; what keeps nothing may be for trying things out.
      const services = container.services.filter(({ state }) => state.some(isData));
      if (isNamed(node, "autoStart") || isEphemeral !== false || services.length === 0 || isStarted(host, name))
        continue;
      const asked = askedBy(host, container);
      report({
        at: placeOfContainer(container),
        severity: asked === undefined ? "information" : "warning",
        message: `Nothing starts the container \`${name}\` at boot: \`autoStart\` is false unless it is set. ${serviceIn(services[0]?.enable ?? "", config.path)} in it is down after every reboot until somebody starts \`container@${name}.service\`.${asked === undefined ? "" : ` \`${asked}\` relies on it.`}`,
        help: `Set containers.${name}.autoStart = true; or false, if it is to be started by hand.`,
      });
    }
  },
});

/** A database, or what nobody can make again. */
function isData({ kind, database, irreplaceable }: ServiceState): boolean {
  return kind === "state" && (database || irreplaceable === "data");
}

function serviceIn(enable: string, around: readonly string[]): string {
  const prefix = `${around.join(".")}.`;
  return `\`${(enable.startsWith(prefix) ? enable.slice(prefix.length) : enable).replace(/\.enable$/, "")}\``;
}

/** Whether a unit of the host starts it. */
function isStarted(host: Host, name: string): boolean {
  const unit = `container@${name}`;
  const services = host.config.at("systemd", "services");
  if (isNamed(services, unit)) {
    const own = services.child(unit);
    if (["wantedBy", "requiredBy", "startAt", "overrideStrategy"].some((key) => isNamed(own, key))) return true;
  }
  if (isNamed(host.config.at("systemd", "timers"), unit) || isNamed(host.config.at("systemd", "sockets"), unit))
    return true;
  return (
    isStartedByOthers(host, ["systemd"], `${unit}.service`) ||
    host.scripts.some(({ text }) => text.includes(unit) || /nixos-container\s+start|machinectl\s+start/.test(text))
  );
}

/** The option of a service of the host that names the address of the container. */
function askedBy(host: Host, { node }: NixosContainer): string | undefined {
  const address = isNamed(node, "localAddress") ? readString(node.child("localAddress")) : undefined;
  const plain = address?.known ? address.value.split("/")[0] : undefined;
  if (plain === undefined || plain === "") return undefined;
  const around = new RegExp(`(?<![\\d.])${plain.replaceAll(".", "\\.")}(?![\\d.])`);
  return serviceTexts(host)
    .find(({ text }) => around.test(text))
    ?.option.slice(0, 4)
    .join(".");
}
