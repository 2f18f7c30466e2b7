import { readBoolean, readString } from "../../host/read-values.ts";
import { placeOfDefinition } from "../reading/why-not-kept.ts";
import { defineRule } from "../rule.ts";

/** Rules for who may connect to PostgreSQL that leave out the socket, over which NixOS sets up and dumps its databases. */
export const postgresWithoutSocketAccess = defineRule({
  code: "IMP745",
  name: "postgres-without-socket-access",
  group: "units",
  severity: "error",
  since: "0.1.0",

  check({ host, report }) {
    const postgres = host.config.at("services", "postgresql");
    const enabled = postgres.isDefined() === false ? undefined : readBoolean(postgres.child("enable"));
    if (!enabled?.known || !enabled.value) return;
    const rules = postgres.child("authentication");
    // At the priority of the module's own lines, or a weaker one, these are there as well.
    const [first] = rules.isDefined() === false ? [] : rules.definitions();
    if (!first || first.priority >= PLAIN || rules.definitions().some(({ condition }) => condition !== true)) return;
    const text = readString(rules);
    if (!text?.known || /^\s*(local|include\w*|@)\b/m.test(text.value)) return;
    // The module's scripts go where these say instead.
    const environment = host.config.at("systemd", "services", "postgresql", "environment");
    if (environment.isDefined() !== false) return;
    const backup = host.config.at("services", "postgresqlBackup", "enable");
    const isDumped = backup.isDefined() !== false && readBoolean(backup)?.known === true;
    report({
      at: placeOfDefinition(first) ?? text.place,
      message: `These rules take the place of those of the module, and none of them is for the socket (\`local\`): PostgreSQL refuses every connection over it ("no pg_hba.conf entry"). NixOS makes databases and users over the socket${isDumped ? ", `services.postgresqlBackup` dumps over it" : ""}, and so do most services of the same host connect: the setup fails, and with it what waits for the database.`,
      help: "Leave out mkForce, so that the rules are added to those of the module; or repeat its lines: local all postgres peer map=postgres, and local all all peer.",
    });
  },
});

/** The priority of a plain definition. */
const PLAIN = 100;
