import type { Host, Script, Unit } from "../../host/host.ts";
import { perItem } from "../../host/per-item.ts";
import { childrenOf, isNamed, itemNode, readItems, readString, readTexts } from "../../host/read-values.ts";
import { commandsOf } from "../../host/script-commands.ts";
import type { CommandUse } from "../../shell/sh-commands.ts";
import { defineRule } from "../rule.ts";

/** A dump of the host's PostgreSQL is made by root, which PostgreSQL does not know. */
export const dumpWithoutItsRole = defineRule({
  code: "IMP656",
  name: "dump-without-its-role",
  group: "snapshots",
  severity: "warning",
  since: "0.1.0",

  check({ host, report }) {
    const dumps = rootDumps(host.units);
    if (dumps.length === 0 || !knowsNoRoot(host)) return;
    for (const { unit, script, use } of dumps) {
      const { nameWord = use.command.words[0] } = use;
      report({
        at: (nameWord && script.placeOf(nameWord.start, nameWord.end)) ?? script.place,
        message: `\`${unit.name}\` runs \`${use.name}\` as root, and PostgreSQL asks for the role of the account that calls it (\`peer\`): nothing makes a role \`root\`, so it ends with 'role "root" does not exist', and there is never a dump.`,
        help: `Run it as the owner of the server: systemd.services.${unit.name}.serviceConfig.User = "postgres". The directory of the dumps has to belong to that account, too.`,
      });
    }
  },
});

interface RootDump {
  readonly unit: Unit;
  readonly script: Script;
  readonly use: CommandUse;
}

const rootDumps = perItem((unit: Unit): readonly RootDump[] => {
  if (unit.stage !== "system" || unit.certain.answer !== "yes") return [];
  const scripts = unit.scripts.filter(({ text }) => text.includes("pg_dump"));
  if (scripts.length === 0 || !isRootsOwn(unit)) return [];
  return scripts.flatMap((script) => {
    // Variables and files may name another role or server.
    if (
      /PGUSER|PGHOST|PGSERVICE|\bsu\b|\brunuser\b|\bsudo\b|setpriv|\bssh\b|\bpodman\b|\bdocker\b|nsenter/.test(
        script.text,
      )
    )
      return [];
    const use = commandsOf(script).all.find(
      ({ name, args, via, functionName }) =>
        (name === "pg_dump" || name === "pg_dumpall") &&
        via.length === 0 &&
        functionName === undefined &&
        args.every(({ literal }) => literal === undefined || !NAMES_ROLE.test(literal)) &&
        !args.some(({ literal }) => literal === undefined),
    );
    return use ? [{ unit, script, use }] : [];
  });
});

/** Options and arguments that name the role, the server, or all of it as an address. */
const NAMES_ROLE = /^(-[a-zA-Z]*[UhdW]|--(username|host|dbname|role)\b)|:\/\/|=/;

/** The unit is the host's own and runs as root, outside of any account. */
function isRootsOwn({ node }: Unit): boolean {
  const settings = node.child("serviceConfig");
  const isOwn = isNamed(node, "script") || isNamed(settings, "ExecStart");
  if (!isOwn || node.open() || (settings.isDefined() !== false && settings.open())) return false;
  if (["User", "DynamicUser", "EnvironmentFile", "PAMName", "Environment"].some((name) => isNamed(settings, name)))
    return false;
  return (
    !isNamed(node, "environment") || !childrenOf(node.child("environment")).some(({ name }) => name.startsWith("PG"))
  );
}

/** Whether the server of the host has its usual way of asking, and nothing speaks of a role of that name. */
function knowsNoRoot({ config, services, scripts }: Host): boolean {
  const server = services.find(({ enable }) => enable === "services.postgresql.enable");
  const node = config.at("services", "postgresql");
  if (server?.enabled.answer !== "yes") return false;
  if (["authentication", "identMap", "initialScript"].some((name) => node.child(name).isDefined() !== false))
    return false;
  const users = readItems(node.child("ensureUsers"));
  if (users.open.length > 0) return false;
  const names = users.items.map((item) => readString(itemNode(item, []).child("name")));
  const superUser = readTexts(node.child("superUser")).texts;
  return (
    names.every((name) => name?.known === true && name.value !== "root") &&
    superUser.length === 0 &&
    !scripts.some(({ text }) => /createuser|CREATE\s+(ROLE|USER)/i.test(text))
  );
}
