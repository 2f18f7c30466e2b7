import type { Place } from "../../eval/origin.ts";
import type { Host } from "../../host/host.ts";
import { isAtOrBelow, normalise } from "../../host/paths.ts";
import { childrenOf, isNamed, readBoolean, readString, readTexts } from "../../host/read-values.ts";
import type { OptionNode } from "../../modules/option-node.ts";
import { containerBackend } from "../reading/container-backend.ts";
import { uncoveredLoss } from "../reading/wiped-root.ts";
import { defineRule } from "../rule.ts";

/** An image of a database, where its data is, and what another major version does to it. */
interface Image {
  readonly names: RegExp;
  readonly data: string;
  readonly effect: string;
}

const IMAGES: readonly Image[] = [
  {
    names: /^(postgres|postgis|pgvector|timescaledb)$/,
    data: "/var/lib/postgresql",
    effect: "PostgreSQL refuses that, and does not start",
  },
  {
    names: /^(mysql|mariadb|percona)$/,
    data: "/var/lib/mysql",
    effect: "It is taken over for good, or not at all: there is no way back to the version before",
  },
  { names: /^mongo$/, data: "/data/db", effect: "MongoDB refuses data that is two versions old, and does not start" },
];

/** A container of a database whose image may be another major version tomorrow, over data that stays. */
export const floatingDatabaseImage = defineRule({
  code: "IMP743",
  name: "floating-database-image",
  group: "units",
  severity: "warning",
  since: "0.1.0",

  check({ host, report }) {
    for (const container of containersOf(host)) {
      const image = readString(container.options.child("image"));
      const found = image?.known ? floating(image.value) : undefined;
      if (!image?.known || !found || !keepsData(host, container.options, found.data)) continue;
      const when = pulled(host, container);
      report({
        at: image.place,
        severity: when === undefined ? "information" : "warning",
        message: `\`${image.value}\` names no version: \`${container.name}\` may get the next major version of ${found.name} ${when ?? "wherever the image is pulled anew"}, and its data in \`${found.data}\` is that of the one before. ${found.effect}.`,
        help: `Name the major version (${found.name}:NN, that of the data), and dump the data before moving on to the next.`,
        related: [{ place: when === undefined ? undefined : container.pull, message: "pulled anew" }],
      });
    }
  },
});

interface Container {
  readonly name: string;
  /** What holds `image` and `volumes`. */
  readonly options: OptionNode;
  readonly engine: "podman" | "docker" | undefined;
  /** What has the image pulled again although there is one. */
  readonly pull: Place | undefined;
  readonly isPulled: boolean;
}

function containersOf(host: Host): readonly Container[] {
  const virtualisation = host.config.child("virtualisation");
  const declared = virtualisation.at("oci-containers", "containers");
  const quadlets = virtualisation.at("quadlet", "containers");
  return [
    ...running(declared).map(({ name, node }) =>
      containerAt(name, node, containerBackend(host), node.at("labels", "io.containers.autoupdate")),
    ),
    ...running(quadlets).map(({ name, node }) => {
      const options = node.child("containerConfig");
      return containerAt(name, options, "podman", options.child("autoUpdate"));
    }),
  ];
}

function running(containers: OptionNode) {
  if (containers.isDefined() === false) return [];
  return childrenOf(containers).filter(({ node, certain }) => {
    const flag = isNamed(node, "enable") ? readBoolean(node.child("enable")) : undefined;
    return certain.answer === "yes" && (flag === undefined || (flag.known && flag.value));
  });
}

function containerAt(
  name: string,
  options: OptionNode,
  engine: Container["engine"],
  autoUpdate: OptionNode,
): Container {
  const policy = isNamed(options, "pull") ? readString(options.child("pull")) : undefined;
  const update = autoUpdate.isDefined() === false ? undefined : readString(autoUpdate);
  const isAlways = policy?.known === true && /^(always|newer)$/.test(policy.value);
  const isUpdated = update?.known === true && update.value === "registry";
  const pull = isAlways ? policy.place : isUpdated ? update.place : undefined;
  return { name, options, engine, pull, isPulled: isAlways || isUpdated };
}

/** The database of an image whose tag says nothing of a version. */
function floating(image: string): (Image & { readonly name: string }) | undefined {
  if (image.includes("@")) return undefined;
  const [, name = "", tag = "latest"] = /(?:^|\/)([\w.-]+)(?::([\w.-]+))?$/.exec(image) ?? [];
  const found = IMAGES.find(({ names }) => names.test(name));
  // Names of releases of Debian and of flavours are no versions of the database.
  return found && /^[a-z]+(-[a-z]+)*$/.test(tag) ? { ...found, name } : undefined;
}

/** Whether the data is in something that is mounted and not certainly lost. */
function keepsData(host: Host, options: OptionNode, data: string): boolean {
  return readTexts(options.child("volumes")).texts.some(({ text, certain }) => {
    const [source = "", target = "", mode = ""] = text.split(":");
    if (
      certain.answer !== "yes" ||
      mode.split(",").includes("ro") ||
      !target.startsWith("/") ||
      !isAtOrBelow(normalise(target), data)
    )
      return false;
    return !source.startsWith("/") || uncoveredLoss(host, normalise(source)).lost !== "yes";
  });
}

/** When the image is pulled anew, where something says so. */
function pulled(host: Host, { engine, isPulled }: Container): string | undefined {
  if (isPulled) return "whenever a new one is published";
  if (engine === undefined) return undefined;
  const storage = engine === "podman" ? "/var/lib/containers" : "/var/lib/docker";
  return uncoveredLoss(host, storage).lost === "yes"
    ? `after any reboot, since the images in \`${storage}\` are lost and pulled anew`
    : undefined;
}
