import type { Place } from "../../eval/origin.ts";
import type { Host } from "../../host/host.ts";
import { readString, readTexts } from "../../host/read-values.ts";
import { defineRule, type Rule } from "../rule.ts";

/** Several hosts are given one machine-id, or one host id for ZFS. */
export const identityOfSeveralHosts = defineRule({
  code: "IMP340",
  name: "identity-of-several-hosts",
  group: "stores",
  severity: "warning",
  since: "0.1.0",

  // One host by itself may have any id. They are read here, within what one host may take, and are known when hosts are compared.
  check({ host }) {
    machineId(host);
    if (usesZfs(host)) hostId(host);
  },

  compare(hosts, report) {
    reportShared(hosts, machineId, report, (names) => ({
      message: `${names} are given one machine-id. DHCP servers tell machines apart by what is made of it, journals that are collected are mixed up, and so is everything else that takes its identity from it.`,
      help: "Let each host make its own at the first boot, and persist the file /etc/machine-id.",
    }));
    reportShared(hosts.filter(usesZfs), hostId, report, (names) => ({
      severity: "information",
      message: `${names} have one \`networking.hostId\`, by which ZFS tells whose pool it is: a pool that one of them has in use is imported by another one without a warning, which destroys it where they can reach the same disks.`,
      help: "Give each host an id of its own, such as the first eight digits of its machine-id.",
    }));
  },
});

interface Identity {
  readonly id: string;
  readonly place: Place | undefined;
}

type Compare = NonNullable<Rule["compare"]>;

/** Reports each place that gives an id to a host of which another host, by another name, has the same. */
function reportShared(
  hosts: readonly Host[],
  read: (host: Host) => Identity | undefined,
  report: Parameters<Compare>[1],
  words: (names: string) => { readonly message: string; readonly help: string; readonly severity?: "information" },
): void {
  const byId = new Map<string, { readonly host: Host; readonly name: string; readonly place: Place | undefined }[]>();
  for (const host of hosts) {
    // Configurations of one name are one machine: as it is installed, and in a test.
    const { hostName } = host;
    const identity = hostName.known && hostName.value !== "" ? read(host) : undefined;
    if (!identity || !hostName.known) continue;
    byId.set(identity.id, [...(byId.get(identity.id) ?? []), { host, name: hostName.value, place: identity.place }]);
  }
  for (const owners of byId.values()) {
    const names = [...new Set(owners.map(({ name }) => name))].sort();
    if (names.length < 2) continue;
    const shown = names.slice(0, 4).map((name) => `\`${name}\``);
    const more = names.length > 4 ? ` and ${names.length - 4} more` : "";
    const all = more === "" ? `${shown.slice(0, -1).join(", ")} and ${shown.at(-1)}` : `${shown.join(", ")}${more}`;
    const places = new Map<string, Place | undefined>();
    for (const { place } of owners) places.set(place ? `${place.file}:${place.start}` : "", place);
    const [at, ...others] = [...places.values()];
    const related = others.slice(0, 4).map((place) => ({ place, message: "the same id" }));
    report(
      { at, ...words(all), related },
      owners.map(({ host }) => host),
    );
  }
}

function machineId({ config }: Host): Identity | undefined {
  const text = config.at("environment", "etc", "machine-id", "text");
  const written = text.isDefined() === false ? undefined : readString(text);
  if (written?.known && /^[0-9a-f]{32}\s*$/.test(written.value))
    return { id: written.value.trim(), place: written.place };
  for (const { text: parameter, certain, place } of readTexts(config.at("boot", "kernelParams")).texts) {
    const id = /^systemd\.machine_id=([0-9a-f]{32})$/.exec(parameter)?.[1];
    if (id && certain.answer === "yes") return { id, place };
  }
  return undefined;
}

function hostId({ config }: Host): Identity | undefined {
  const option = config.at("networking", "hostId");
  const id = option.isDefined() === false ? undefined : readString(option);
  return id?.known && /^[0-9a-f]{8}$/.test(id.value) ? { id: id.value, place: id.place } : undefined;
}

function usesZfs({ fileSystems }: Host): boolean {
  return fileSystems.some(({ fsType, certain }) => certain.answer === "yes" && fsType.known && fsType.value === "zfs");
}
