import type { Host } from "../../host/host.ts";
import { joinPath } from "../../host/paths.ts";
import { readBoolean, readString } from "../../host/read-values.ts";

/** A service that keeps what it knows in one file of SQLite, or of its own making. */
export interface FileDatabase {
  /** Option path of the enable flag. */
  readonly enable: string;
  /** Absolute, where the service uses it. */
  readonly path: string;
  /** False for one that fills again by itself, such as a history of measurements. */
  readonly isData: boolean;
  readonly place: Host["services"][number]["place"];
}

/** Where the file lies in the directory that a service keeps. Not of those that put copies of it beside it by themselves (Radarr and its kind). */
const FILES: Readonly<Record<string, string>> = {
  "services.actual.enable": "server-files/account.sqlite",
  "services.audiobookshelf.enable": "config/absdatabase.sqlite",
  "services.bazarr.enable": "db/bazarr.db",
  "services.forgejo.enable": "data/forgejo.db",
  "services.gitea.enable": "data/gitea.db",
  "services.gotify.enable": "data/gotify.db",
  "services.grafana.enable": "data/grafana.db",
  "services.headscale.enable": "db.sqlite",
  "services.home-assistant.enable": "home-assistant_v2.db",
  "services.jellyfin.enable": "data/jellyfin.db",
  "services.jellyseerr.enable": "db/db.sqlite3",
  "services.kavita.enable": "config/kavita.db",
  "services.mealie.enable": "mealie.db",
  "services.mosquitto.enable": "mosquitto.db",
  "services.navidrome.enable": "navidrome.db",
  "services.ntfy-sh.enable": "user.db",
  "services.paperless.enable": "db.sqlite3",
  "services.seerr.enable": "db/db.sqlite3",
  "services.uptime-kuma.enable": "kuma.db",
  "services.vaultwarden.enable": "db.sqlite3",
  "services.zigbee2mqtt.enable": "database.db",
};

/** A history that the service goes on with when it is gone. */
const REFILLED = new Set(["services.home-assistant.enable", "services.mosquitto.enable"]);

/** Options that put the data of a service into a server of databases instead. */
const SERVERS: Readonly<Record<string, readonly string[]>> = {
  "services.forgejo.enable": ["database", "type"],
  "services.gitea.enable": ["database", "type"],
  "services.grafana.enable": ["settings", "database", "type"],
  "services.headscale.enable": ["settings", "database", "type"],
  "services.vaultwarden.enable": ["dbBackend"],
};

/** The files that services of the host certainly keep their data in. */
export function fileDatabases(host: Host): readonly FileDatabase[] {
  return host.services.flatMap(({ enable, enabled, place, state }): FileDatabase[] => {
    const file = FILES[enable];
    const own = state.find(({ kind, type }) => kind === "state" && type === "directory");
    if (file === undefined || !own || enabled.answer !== "yes" || usesServer(host, enable)) return [];
    return [{ enable, path: joinPath(own.path, file), isData: !REFILLED.has(enable), place }];
  });
}

function usesServer({ config }: Host, enable: string): boolean {
  const service = config.at(...enable.split(".").slice(0, -1));
  const option = SERVERS[enable];
  const type = option && readString(service.at(...option));
  if (type && (!type.known || !/^sqlite/.test(type.value))) return true;
  if (enable === "services.home-assistant.enable")
    return service.at("config", "recorder", "db_url").isDefined() !== false;
  if (enable === "services.mealie.enable" || enable === "services.paperless.enable") {
    const local = readBoolean(service.at("database", "createLocally"));
    const settings = service.child("settings");
    return (
      (local !== undefined && (!local.known || local.value)) || settings.names().some(({ name }) => /DB/.test(name))
    );
  }
  return false;
}
