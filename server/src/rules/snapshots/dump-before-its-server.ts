import type { Host, Unit } from "../../host/host.ts";
import { perItem } from "../../host/per-item.ts";
import { commandsOf } from "../../host/script-commands.ts";
import { relationsOf, type UnitRelation } from "../reading/unit-relations.ts";
import { defineRule } from "../rule.ts";

/** A dump is to be made before the server runs that it has to ask. */
export const dumpBeforeItsServer = defineRule({
  code: "IMP657",
  name: "dump-before-its-server",
  group: "snapshots",
  severity: "error",
  since: "0.1.0",

  check({ host, report }) {
    for (const { unit, before, required, server, program } of earlyDumps(host.units)) {
      if (!isLocal(host, server)) continue;
      report({
        at: before.place ?? unit.place,
        severity: required ? "error" : "warning",
        message: `\`${unit.name}\` runs \`${program}\` before \`${before.text}\`, and it can only ask a server that runs: it finds none, and fails${required ? `. \`${before.text}\` requires it, so the database does not start either, nor what needs it` : ", and nothing is dumped"}.`,
        help: `Dump after the server has started, before what is to change it: after = [ "${before.text}" ], started by a timer or by the upgrade itself. To save the files before the server starts, copy or snapshot its directory instead.`,
        related: required ? [{ place: required.place, message: "required here" }] : [],
      });
    }
  },
});

interface EarlyDump {
  readonly unit: Unit;
  readonly before: UnitRelation;
  readonly required: UnitRelation | undefined;
  readonly server: string;
  readonly program: string;
}

/** The programs that ask each server, by the service of NixOS. */
const SERVERS: readonly (readonly [service: string, units: RegExp, programs: RegExp])[] = [
  ["postgresql", /^postgresql\.(service|target)$/, /^(pg_dump|pg_dumpall|pg_basebackup|psql|vacuumdb)$/],
  ["mysql", /^mysql\.service$/, /^(mysqldump|mariadb-dump)$/],
];

const earlyDumps = perItem((unit: Unit): readonly EarlyDump[] => {
  if (unit.stage !== "system" || unit.certain.answer !== "yes") return [];
  const relations = relationsOf(unit);
  return SERVERS.flatMap(([server, units, programs]): EarlyDump[] => {
    const before = relations.find(({ relation, text }) => relation === "before" && units.test(text));
    if (!before || relations.some(({ relation, text }) => relation === "after" && units.test(text))) return [];
    const use = unit.scripts
      // A server that the script starts itself may be the one.
      .filter(({ text }) => !/pg_ctl|postgres\s+--single|\bmysqld\b|mysqld_safe|\bmariadbd\b|systemctl/.test(text))
      .flatMap((script) => commandsOf(script).all)
      .find(
        ({ name, args, via, conditional, functionName }) =>
          name !== undefined &&
          programs.test(name) &&
          !conditional &&
          functionName === undefined &&
          !via.includes("ssh") &&
          !args.some(({ literal }) => literal === undefined || /^(-h|--host|-P|-p|--port)|:\/\/|host=/.test(literal)),
      );
    if (!use?.name) return [];
    const required = relations.find(({ relation, text }) => relation === "requiredBy" && units.test(text));
    return [{ unit, before, required, server, program: use.name }];
  });
});

function isLocal({ services }: Host, server: string): boolean {
  return services.some(({ enable, enabled }) => enable === `services.${server}.enable` && enabled.answer === "yes");
}
