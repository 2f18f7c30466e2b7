import type { Place } from "../../eval/origin.ts";
import { NixAttrs } from "../../eval/value.ts";
import type { DatabaseEngine } from "../../host/dump-jobs.ts";
import type { Host } from "../../host/host.ts";
import { itemNode, readExplicitBoolean, readItems, readString, readTexts } from "../../host/read-values.ts";
import { scriptsOf } from "../../host/script.ts";

/** A database that something on the host keeps in its own PostgreSQL or MariaDB. */
export interface LocalDatabase {
  readonly engine: DatabaseEngine;
  readonly name: string;
  /** What says so, for messages. */
  readonly by: string;
  readonly place: Place | undefined;
}

/** How a module of NixOS makes its database on the same host. */
interface Making {
  readonly service: string;
  readonly engine: DatabaseEngine;
  /** The switch below the service by which it makes one, and whether that is on when nobody sets it. */
  readonly local?: readonly [option: string, usual: boolean];
  /** An option that chooses the engine: the value that means this one, and whether that is the default. */
  readonly type?: readonly [option: string, value: RegExp, usual: boolean];
  /** The option of the name; `usual` when nobody sets it. */
  readonly name?: string;
  readonly usual: string;
}

const PG = "postgresql" as const;
const MY = "mysql" as const;

const MAKINGS: readonly Making[] = [
  { service: "atuin", engine: PG, local: ["database.createLocally", true], usual: "atuin" },
  {
    service: "forgejo",
    engine: PG,
    type: ["database.type", /^postgres$/, false],
    local: ["database.createDatabase", true],
    name: "database.name",
    usual: "forgejo",
  },
  {
    service: "forgejo",
    engine: MY,
    type: ["database.type", /^mysql$/, false],
    local: ["database.createDatabase", true],
    name: "database.name",
    usual: "forgejo",
  },
  {
    service: "gitea",
    engine: PG,
    type: ["database.type", /^postgres$/, false],
    local: ["database.createDatabase", true],
    name: "database.name",
    usual: "gitea",
  },
  {
    service: "gitea",
    engine: MY,
    type: ["database.type", /^mysql$/, false],
    local: ["database.createDatabase", true],
    name: "database.name",
    usual: "gitea",
  },
  { service: "immich", engine: PG, local: ["database.enable", true], name: "database.name", usual: "immich" },
  {
    service: "keycloak",
    engine: PG,
    type: ["database.type", /^postgresql$/, true],
    local: ["database.createLocally", true],
    name: "database.name",
    usual: "keycloak",
  },
  {
    service: "linkwarden",
    engine: PG,
    local: ["database.createLocally", true],
    name: "database.name",
    usual: "linkwarden",
  },
  {
    service: "mastodon",
    engine: PG,
    local: ["database.createLocally", true],
    name: "database.name",
    usual: "mastodon",
  },
  { service: "miniflux", engine: PG, local: ["createDatabaseLocally", true], usual: "miniflux" },
  {
    service: "nextcloud",
    engine: PG,
    type: ["config.dbtype", /^pgsql$/, false],
    local: ["database.createLocally", false],
    name: "config.dbname",
    usual: "nextcloud",
  },
  {
    service: "nextcloud",
    engine: MY,
    type: ["config.dbtype", /^mysql$/, false],
    local: ["database.createLocally", false],
    name: "config.dbname",
    usual: "nextcloud",
  },
  { service: "outline", engine: PG, type: ["databaseUrl", /^local$/, true], usual: "outline" },
  { service: "paperless", engine: PG, local: ["database.createLocally", false], usual: "paperless" },
  {
    service: "peertube",
    engine: PG,
    local: ["database.createLocally", false],
    name: "database.name",
    usual: "peertube",
  },
  { service: "umami", engine: PG, local: ["createPostgresqlDatabase", true], usual: "umami" },
];

/** Servers of other hosts are none of this one's databases. */
const LOCAL_HOST = /^(localhost|127\.0\.0\.1|::1|\/run\/.*|)$/;

/** The databases that the host certainly keeps in its own servers: those that are ensured, and those of its services. */
export function localDatabases(host: Host): readonly LocalDatabase[] {
  const found = [
    ...[...ensured(host, PG), ...ensured(host, MY), ...initial(host)],
    ...[...ofServices(host), ...ofSynapse(host), ...ofInitialScript(host)],
  ];
  return found.filter(
    (one, index) => found.findIndex(({ engine, name }) => engine === one.engine && name === one.name) === index,
  );
}

function ensured({ config }: Host, engine: DatabaseEngine): LocalDatabase[] {
  const by = `services.${engine}.ensureDatabases`;
  const { texts } = readTexts(config.at("services", engine, "ensureDatabases"));
  return texts.flatMap(({ text, place, certain }) =>
    certain.answer === "yes" ? [{ engine, name: text, by, place }] : [],
  );
}

function initial({ config }: Host): LocalDatabase[] {
  const list = config.at("services", "mysql", "initialDatabases");
  return readItems(list).items.flatMap((item): LocalDatabase[] => {
    if (item.certain.answer !== "yes" || !(item.value instanceof NixAttrs)) return [];
    const name = readString(itemNode(item, list.path).child("name"));
    return name?.known
      ? [{ engine: MY, name: name.value, by: "services.mysql.initialDatabases", place: name.place }]
      : [];
  });
}

/** What the script makes that PostgreSQL runs at its first start. */
function ofInitialScript({ config }: Host): LocalDatabase[] {
  return scriptsOf(config.at("services", "postgresql", "initialScript")).flatMap((script) =>
    [...script.text.matchAll(/^\s*CREATE\s+DATABASE\s+(?:"([^"]+)"|([\w]+))/gim)].flatMap((match): LocalDatabase[] => {
      const name = match[1] ?? match[2]?.toLowerCase();
      if (
        name === undefined ||
        script.holes.some((hole) => hole.start < match.index + match[0].length && hole.end > match.index)
      )
        return [];
      const place = script.placeOf(match.index + match[0].search(/\S/), match.index + match[0].length);
      return [{ engine: PG, name, by: "services.postgresql.initialScript", place: place ?? script.place }];
    }),
  );
}

function ofServices(host: Host): LocalDatabase[] {
  return MAKINGS.flatMap(({ service, engine, local, type, name, usual }): LocalDatabase[] => {
    const running = runs(host, service);
    if (!running) return [];
    const at = (option: string) => host.config.at("services", service, ...option.split("."));
    if (local) {
      // What a default without a definition would say is in the table.
      const flag = readExplicitBoolean(at(local[0]));
      if (flag ? !flag.known || !flag.value : !local[1]) return [];
    }
    if (type) {
      const text = readString(at(type[0]));
      if (text ? !text.known || !type[1].test(text.value) : !type[2]) return [];
    }
    const server = readString(at(service === "nextcloud" ? "config.dbhost" : "database.host"));
    if (server && (!server.known || !LOCAL_HOST.test(server.value))) return [];
    const own = name === undefined ? undefined : readString(at(name));
    if (own && !own.known) return [];
    return [{ engine, name: own?.value ?? usual, by: `services.${service}`, place: running.place }];
  });
}

/** Synapse is told of its database in its settings; the module names the one of the host. */
function ofSynapse(host: Host): LocalDatabase[] {
  const running = runs(host, "matrix-synapse");
  if (!running) return [];
  const database = host.config.at("services", "matrix-synapse", "settings", "database");
  const kind = readString(database.child("name"));
  const server = readString(database.at("args", "host"));
  const name = readString(database.at("args", "database")) ?? readString(database.at("args", "dbname"));
  if ((kind && (!kind.known || kind.value !== "psycopg2")) || (name && !name.known)) return [];
  if (server && (!server.known || !LOCAL_HOST.test(server.value))) return [];
  return [{ engine: PG, name: name?.value ?? "matrix-synapse", by: "services.matrix-synapse", place: running.place }];
}

function runs({ services }: Host, name: string) {
  return services.find(({ enable, enabled }) => enable === `services.${name}.enable` && enabled.answer === "yes");
}
