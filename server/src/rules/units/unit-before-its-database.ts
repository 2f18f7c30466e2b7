import { mergeEdits } from "../../edits/combine-plans.ts";
import { offer } from "../../edits/fix-plan.ts";
import { replaceStringAt } from "../../edits/place-edit.ts";
import type { Host, Unit } from "../../host/host.ts";
import { perItem } from "../../host/per-item.ts";
import { isNamed, itemNode, readBoolean, readItems, readString, readTexts } from "../../host/read-values.ts";
import { relationsOf, type UnitRelation } from "../reading/unit-relations.ts";
import { defineRule } from "../rule.ts";

/** A unit waits for PostgreSQL to run, and not for the database and the role that NixOS makes after that. */
export const unitBeforeItsDatabase = defineRule({
  code: "IMP771",
  name: "unit-before-its-database",
  group: "units",
  severity: "warning",
  since: "0.1.0",

  check(context) {
    const { host, report } = context;
    if (host.release.nixos === undefined || host.release.nixos < "25.11") return;
    const made = madeByNixos(host);
    if (made.length === 0) return;
    for (const { unit, waits } of waitingUnits(host.units)) {
      const own = made.find(({ name }) => uses(unit, name));
      const first = waits.find(({ relation }) => relation === "after");
      if (!own || !first) continue;
      report({
        at: first.place ?? unit.place,
        message: `\`${unit.name}\` waits for \`postgresql.service\`, which since NixOS 25.11 only says that the server runs. The ${own.kind} \`${own.name}\` is made by \`postgresql-setup.service\` after it: on the first boot, and on one after a restore, \`${unit.name}\` starts before ${own.kind === "role" ? "it exists" : "there is one"}, and fails.`,
        help: "Wait for postgresql.target, which is reached once everything is made.",
        related: [{ place: own.place, message: "NixOS is to make it" }],
        fixes: () =>
          offer(mergeEdits(...waits.map(({ place }) => replaceStringAt(context, place, "postgresql.target"))), {
            title: "Wait for postgresql.target",
            safety: "safe",
            preferred: true,
          }),
      });
    }
  },
});

interface Made {
  readonly name: string;
  readonly kind: "role" | "database";
  readonly place: ReturnType<typeof readTexts>["texts"][number]["place"];
}

/** The databases and roles that NixOS makes in the host's own server. */
function madeByNixos({ config }: Host): Made[] {
  const group = config.at("services", "postgresql");
  const enabled = isNamed(group, "enable") ? readBoolean(group.child("enable")) : undefined;
  if (!enabled?.known || !enabled.value) return [];
  const databases = readTexts(group.child("ensureDatabases")).texts.map(
    ({ text, place }): Made => ({ name: text, kind: "database", place }),
  );
  const users = group.child("ensureUsers");
  const roles = readItems(users).items.flatMap((item): Made[] => {
    const name = readString(itemNode(item, users.path).child("name"));
    return name?.known ? [{ name: name.value, kind: "role", place: name.place }] : [];
  });
  return [...databases, ...roles].filter(({ name }) => name !== "postgres" && name.length > 2);
}

interface Waiting {
  readonly unit: Unit;
  readonly waits: readonly UnitRelation[];
}

/** Units that start at boot, right after the server, and wait for nothing that comes later. */
const waitingUnits = perItem((unit: Unit): readonly Waiting[] => {
  if (unit.stage !== "system" || unit.certain.answer !== "yes" || unit.wantedBy.length === 0) return [];
  const relations = relationsOf(unit);
  if (relations.some(({ text }) => /^postgresql(\.target|-setup\.service)$/.test(text))) return [];
  const waits = relations.filter(
    ({ relation, text }) => text === "postgresql.service" && /^(after|requires|wants|bindsTo)$/.test(relation),
  );
  if (!waits.some(({ relation }) => relation === "after")) return [];
  // One that is started again after a while finds them then.
  const settings = unit.node.child("serviceConfig");
  if (isNamed(settings, "Restart") && isNamed(settings, "RestartSec")) return [];
  return [{ unit, waits }];
});

/** Whether a unit runs as a role, or names the database as a whole word. */
function uses({ node, scripts }: Unit, name: string): boolean {
  const settings = node.child("serviceConfig");
  const user = isNamed(settings, "User") ? readString(settings.child("User")) : undefined;
  if (user?.known) return user.value === name;
  const address = new RegExp(
    `postgres(?:ql)?://[^\\s"']*[/@:]${escaped(name)}(?![\\w-])|\\bdbname=${escaped(name)}(?![\\w-])`,
  );
  return scripts.some(({ text }) => address.test(text));
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
