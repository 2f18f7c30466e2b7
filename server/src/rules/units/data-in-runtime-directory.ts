import type { Place } from "../../eval/origin.ts";
import type { Unit } from "../../host/host.ts";
import { isAtOrBelow, normalise } from "../../host/paths.ts";
import { perItem } from "../../host/per-item.ts";
import { childrenOf, isNamed, nameAt, readString, readTexts } from "../../host/read-values.ts";
import { scriptCommands } from "../reading/script-commands.ts";
import { defineRule } from "../rule.ts";

/** A service that keeps its data in its RuntimeDirectory, which is removed whenever it stops. */
export const dataInRuntimeDirectory = defineRule({
  code: "IMP731",
  name: "data-in-runtime-directory",
  group: "units",
  severity: "warning",
  since: "0.1.0",

  check({ host, report }) {
    for (const { unit, directory, use } of keepers(host.units)) {
      report({
        at: use.place ?? directory.place,
        message: `\`${unit.name}\` keeps its data in \`${use.path}\` (\`${use.by}\`), which is its RuntimeDirectory: systemd removes it whenever the service stops, and it is in memory anyway. The data is lost at every restart, not only at a reboot.`,
        help: `Use StateDirectory = "${directory.name}" and /var/lib/${directory.name}, and keep that directory.`,
        related: [{ place: directory.place, message: "the RuntimeDirectory" }],
      });
    }
  },
});

/** Names of flags and variables for what people keep; not those for what a program knows only while it runs. */
const DATA =
  /^(?:.*[-_.])?(?:data|db|database|storage|store|repo|repository)(?:[-_.]?(?:dir|directory|path|root|file|folder|location))?$/i;

const keepers = perItem((unit: Unit) => {
  if (unit.stage !== "system" || unit.certain.answer !== "yes" || !isNamed(unit.node, "serviceConfig")) return [];
  const settings = unit.node.child("serviceConfig");
  if (!isNamed(settings, "RuntimeDirectory")) return [];
  const kept = isNamed(settings, "RuntimeDirectoryPreserve")
    ? settings.child("RuntimeDirectoryPreserve").value()
    : false;
  if (kept !== false && kept !== "no") return [];
  const names = readTexts(settings.child("RuntimeDirectory")).texts.flatMap(({ text, place }) =>
    text.split(/\s+/).map((name) => ({ name: name.split(":")[0] ?? "", place })),
  );
  const uses = [...flagsOf(unit), ...variablesOf(unit)];
  return names.flatMap(({ name, place }) => {
    const own = /^[\w.@/-]+$/.test(name) ? `/run/${name}` : undefined;
    const use = own === undefined ? undefined : uses.find(({ path }) => isAtOrBelow(path, own));
    return use ? [{ unit, directory: { name, place: place ?? nameAt(settings.child("RuntimeDirectory")) }, use }] : [];
  });
});

interface Use {
  readonly path: string;
  readonly by: string;
  readonly place: Place | undefined;
}

function pathIn(text: string): string | undefined {
  const path = text.replace(/^%t\//, "/run/").replace(/^\/var\/run\//, "/run/");
  // What is fetched again, such as time zones, is there on purpose.
  const isFleeting = /\.(sock|socket|pid|lock)$|\/[^/]*(?:tz_?data|zoneinfo|cache|te?mp)[^/]*$/i.test(path);
  return /^\/run\/[\w./@+-]+$/.test(path) && !isFleeting ? normalise(path) : undefined;
}

function flagsOf({ scripts }: Unit): Use[] {
  return scripts.flatMap((script) =>
    scriptCommands(script).flatMap(({ words }) =>
      words.flatMap(({ text, start, end }, index): Use[] => {
        const flag = /^--?([A-Za-z][\w.-]*)(?:=(.*))?$/.exec(text);
        const path = flag && DATA.test(flag[1] ?? "") ? pathIn(flag[2] ?? words[index + 1]?.text ?? "") : undefined;
        const by = text.split("=")[0] ?? text;
        return path === undefined ? [] : [{ path, by, place: script.placeOf(start, end) ?? script.place }];
      }),
    ),
  );
}

function variablesOf({ node }: Unit): Use[] {
  if (!isNamed(node, "environment")) return [];
  return childrenOf(node.child("environment")).flatMap(({ name, node: variable }): Use[] => {
    const value = DATA.test(name) ? readString(variable) : undefined;
    const path = value?.known ? pathIn(value.value) : undefined;
    return path === undefined ? [] : [{ path, by: name, place: value?.place ?? nameAt(variable) }];
  });
}
