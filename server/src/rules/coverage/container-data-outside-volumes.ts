import type { Place } from "../../eval/origin.ts";
import { isAtOrBelow, isBelow, normalise } from "../../host/paths.ts";
import { childrenOf, isNamed, nameAt, openOf, readBoolean, readString, readTexts } from "../../host/read-values.ts";
import type { OptionNode } from "../../modules/option-node.ts";
import { defineRule, type Report } from "../rule.ts";

/** Where the image of a database keeps its data, and the volume that it declares itself. */
interface Layout {
  readonly data: string;
  readonly volume: string;
}

const MYSQL: Layout = { data: "/var/lib/mysql", volume: "/var/lib/mysql" };
const POSTGRES: Layout = { data: "/var/lib/postgresql/data", volume: "/var/lib/postgresql/data" };
/** What the images of PostgreSQL 18 and later declare as their volume. */
const SINCE_18 = "/var/lib/postgresql";

/** Official images of databases, by their names on Docker Hub. */
const IMAGES: Readonly<Record<string, Layout>> = {
  mysql: MYSQL,
  mariadb: MYSQL,
  mongo: { data: "/data/db", volume: "/data/db" },
  postgres: POSTGRES,
};

/** A container of a database whose data is in none of its volumes. */
export const containerDataOutsideVolumes = defineRule({
  code: "IMP436",
  name: "container-data-outside-volumes",
  group: "coverage",
  severity: "error",
  since: "0.1.0",

  check({ host, report }) {
    const containers = host.config.at("virtualisation", "oci-containers", "containers");
    if (containers.isDefined() === false) return;
    for (const { name, node, certain } of childrenOf(containers)) {
      const found = certain.answer === "yes" ? look(name, node) : undefined;
      if (!found) continue;
      const at = found.at ?? nameAt(node.child("image"));
      report({ ...found, at });
    }
  },
});

function look(name: string, container: OptionNode): Report | undefined {
  const image = readString(container.child("image"));
  const parts = image?.known
    ? /^(?:(?:docker\.io\/)?(?:library\/)?)([a-z]+)(?::([\w.-]+))?(?:@.*)?$/.exec(image.value)
    : null;
  const [, program = "", tag] = parts ?? [];
  const usual = IMAGES[program];
  const mounts = mountsOf(container);
  if (!image?.known || !usual || !mounts || isMadeOtherwise(container)) return undefined;
  if (program !== "postgres") return isKept(usual, mounts) ? undefined : lost(name, image.value, usual, mounts);

  const own = dataOfPostgres(container);
  if (own === undefined) return undefined;
  const found = lookAtPostgres(name, image.value, tag, own, mounts);
  // A file may set PGDATA as well; mostly there are passwords in it.
  const mayBeElsewhere = own === "" && container.child("environmentFiles").isDefined() !== false;
  return found && mayBeElsewhere
    ? { ...found, severity: "warning", message: `${found.message} A PGDATA in environmentFiles would change that.` }
    : found;
}

function lookAtPostgres(
  name: string,
  image: string,
  tag: string | undefined,
  own: string,
  mounts: readonly Mount[],
): Report | undefined {
  const version = Number(/^\d+/.exec(tag ?? "")?.[0] ?? Number.NaN);
  if (own === "") {
    const versioned = {
      data: `/var/lib/postgresql/${Number.isNaN(version) ? "18" : version}/docker`,
      volume: SINCE_18,
    };
    if (version >= 18) {
      if (isKept(versioned, mounts)) return undefined;
      const old = mounts.find(({ target }) => target === POSTGRES.data);
      return old ? refused(name, image, old.place, version) : lost(name, image, versioned, mounts);
    }
    const may = Number.isNaN(version) ? [POSTGRES, versioned] : [POSTGRES];
    return may.some((layout) => isKept(layout, mounts)) ? undefined : lost(name, image, POSTGRES, mounts);
  }
  const before = { data: own, volume: POSTGRES.volume };
  const since = { data: own, volume: SINCE_18 };
  const may = Number.isNaN(version) ? [before, since] : [version >= 18 ? since : before];
  const [one = before] = may;
  return may.some((layout) => isKept(layout, mounts)) ? undefined : lost(name, image, one, mounts);
}

interface Mount {
  readonly target: string;
  readonly place: Place | undefined;
}

/** What is mounted into a container; undefined when it cannot be seen. */
function mountsOf(container: OptionNode): readonly Mount[] | undefined {
  const { texts, open } = readTexts(container.child("volumes"));
  if (open.length > 0 || openOf(container) !== undefined) return undefined;
  const targets = texts.map(({ text, place }): Mount => ({ target: normalise(text.split(":")[1] ?? text), place }));
  return targets.every(({ target }) => target.startsWith("/")) ? targets : undefined;
}

/** Options that may mount something, or tell the program to keep its data elsewhere. */
function isMadeOtherwise(container: OptionNode): boolean {
  if (["imageFile", "imageStream", "entrypoint"].some((name) => container.child(name).isDefined() !== false))
    return true;
  const enabled = container.child("enable");
  const flag = enabled.isDefined() === false ? undefined : readBoolean(enabled);
  if (flag && !(flag.known && flag.value)) return true;
  return ["cmd", "extraOptions"].some((name) => {
    const { texts, open } = readTexts(container.child(name));
    return open.length > 0 || texts.some(({ text }) => /^(-v|--volume|--mount|--tmpfs)|data|dbpath/i.test(text));
  });
}

/** The directory that PGDATA names, an empty text where nothing does, undefined where it cannot be told. */
function dataOfPostgres(container: OptionNode): string | undefined {
  const variables = container.child("environment");
  const isOpen = variables.isDefined() !== false && openOf(variables) !== undefined;
  if (isOpen) return undefined;
  if (!isNamed(variables, "PGDATA")) return "";
  const own = readString(variables.child("PGDATA"));
  return own?.known && own.value.startsWith("/") ? normalise(own.value) : undefined;
}

/** Whether the data is in something that is mounted, and not in the volume without a name that the image declares below that. */
function isKept({ data, volume }: Layout, mounts: readonly Mount[]): boolean {
  const around = mounts.map(({ target }) => target).filter((target) => isAtOrBelow(data, target));
  return around.some((target) => target === volume || !isAtOrBelow(data, volume) || isBelow(target, volume));
}

function lost(name: string, image: string, { data, volume }: Layout, mounts: readonly Mount[]): Report | undefined {
  const above = mounts.find(({ target }) => isAtOrBelow(data, target));
  return {
    at: above?.place,
    message: `\`${name}\` (\`${image}\`) keeps its data in \`${data}\`, ${above ? `and the image puts a volume of its own, without a name, over \`${volume}\`: what is mounted at \`${above.target}\` stays empty` : "which is in no volume of the container"}. NixOS makes the container anew at every start: the database is empty then.`,
    help: `Mount a directory or a named volume at \`${isAtOrBelow(data, volume) ? volume : data}\`.`,
  };
}

function refused(name: string, image: string, place: Place | undefined, version: number): Report {
  return {
    at: place,
    message: `\`${name}\` (\`${image}\`) does not start: from 18 on the image keeps its data in \`/var/lib/postgresql/${version}/docker\`, and refuses a mount at \`${POSTGRES.data}\` (“unused mount/volume”).`,
    help: "Mount at /var/lib/postgresql. Data of an older version has to be brought over first: pg_dumpall with the old image, or pg_upgrade.",
  };
}
