import { offer } from "../../edits/fix-plan.ts";
import { setOption } from "../../edits/option-edit.ts";
import type { Place } from "../../eval/origin.ts";
import type { Host } from "../../host/host.ts";
import { childrenOf, isNamed, readBoolean, readItems, readString, setAt } from "../../host/read-values.ts";
import type { OptionNode } from "../../modules/option-node.ts";
import { intendedEntries } from "../reading/persisted-entries.ts";
import { defineRule } from "../rule.ts";

/** A server that is told to keep everything in memory. */
interface Forgetful {
  readonly path: string;
  readonly name: string;
  readonly place: Place | undefined;
  /** What tells it, for messages. */
  readonly by: string;
  /** The option that lets it write, and its value. */
  readonly remedy: readonly [option: readonly string[], value: string];
}

/** The directory of a server is persisted, and the server is told to write nothing to it. */
export const serverWithoutStorage = defineRule({
  code: "IMP443",
  name: "server-without-storage",
  group: "coverage",
  severity: "warning",
  since: "0.1.0",

  check(context) {
    const { host } = context;
    const servers = [...redisServers(host), ...mosquitto(host)];
    if (servers.length === 0) return;
    const entries = intendedEntries(host);
    for (const { path, name, place, by, remedy } of servers) {
      const entry = entries.find((one) => one.path === path);
      if (!entry) continue;
      const [option, value] = remedy;
      context.report({
        at: place,
        message: `\`${name}\` writes nothing to its disk (${by}): what is in it is lost whenever it stops. \`${path}\`, which is persisted, keeps nothing.`,
        help: `Set ${option.at(-1)} = ${value}; or take the entry away, if all of it may go.`,
        related: [{ place: entry.place, message: "this entry keeps nothing" }],
        fixes: () =>
          offer(setOption(context, [...option], value), {
            title: `Set ${option.join(".")} = ${value}`,
            safety: "unsafe",
            note: "From then on what it holds is written to the disk.",
          }),
      });
    }
  },
});

/** Servers of Redis without points at which they save and without a log of changes. */
function redisServers({ config }: Host): Forgetful[] {
  const servers = config.at("services", "redis", "servers");
  if (servers.isDefined() === false) return [];
  return childrenOf(servers).flatMap(({ name, node, certain }) => {
    if (certain.answer !== "yes" || !isTrue(node.child("enable")) || !isNamed(node, "save")) return [];
    const save = readItems(node.child("save"));
    const isEmpty = save.isSet && save.items.length === 0 && save.open.length === 0;
    if (!isEmpty || mayAppend(node)) return [];
    return [
      {
        path: name === "" ? "/var/lib/redis" : `/var/lib/redis-${name}`,
        name: `services.redis.servers.${name === "" ? '""' : name}`,
        place: setAt(node.child("save")),
        by: "`save` is empty, and `appendOnly` is off",
        remedy: [[...node.path, "appendOnly"], "true"] as const,
      },
    ];
  });
}

function mayAppend(server: OptionNode): boolean {
  const append = server.child("appendOnly");
  const flag = append.isDefined() === false ? undefined : readBoolean(append);
  if (flag && (!flag.known || flag.value)) return true;
  const settings = server.child("settings");
  const names = settings.isDefined() === false ? [] : settings.names().map(({ name }) => name.toLowerCase());
  return settings.open() !== undefined || names.some((name) => ["save", "appendonly", "dir", "include"].includes(name));
}

/** Mosquitto without persistence: retained messages and subscriptions are in memory. */
function mosquitto({ config }: Host): Forgetful[] {
  const node = config.at("services", "mosquitto");
  const persistence = node.child("persistence");
  if (!isTrue(node.child("enable")) || persistence.isDefined() !== true) return [];
  const flag = readBoolean(persistence);
  const path = readString(node.child("dataDir"));
  if (!flag?.known || flag.value || (path && !path.known)) return [];
  return [
    {
      path: path?.value ?? "/var/lib/mosquitto",
      name: "services.mosquitto",
      place: setAt(persistence),
      by: "`persistence` is off",
      remedy: [persistence.path, "true"],
    },
  ];
}

function isTrue(node: OptionNode): boolean {
  const flag = readBoolean(node);
  return flag?.known === true && flag.value;
}
