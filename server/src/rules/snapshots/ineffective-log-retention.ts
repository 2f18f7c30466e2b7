import { nameAt, openOf, read, readBoolean, readString } from "../../host/read-values.ts";
import type { OptionNode } from "../../modules/option-node.ts";
import { defineRule } from "../rule.ts";

/** Loki is told how long to keep logs, and the part of it that deletes is off. */
export const ineffectiveLogRetention = defineRule({
  code: "IMP617",
  name: "ineffective-log-retention",
  group: "snapshots",
  severity: "warning",
  since: "0.1.0",

  check({ host, report }) {
    const loki = host.config.at("services", "loki");
    const enabled = readBoolean(loki.child("enable"));
    const settings = loki.child("configuration");
    if (!enabled?.known || !enabled.value || openOf(settings)) return;
    const period = settings.at("limits_config", "retention_period");
    const text = readString(period);
    // Zero is Loki's default and means for ever.
    if (!text?.known || /^0[a-z]*$/.test(text.value)) return;
    const compactor = settings.child("compactor");
    if (openOf(compactor) || isOn(settings.at("table_manager", "retention_deletes_enabled"))) return;
    const deletes = compactor.child("retention_enabled");
    if (read(deletes).state === "unknown" || isOn(deletes)) return;
    report({
      at: nameAt(period) ?? text.place,
      message: `Loki keeps all logs for ever: \`retention_period\` only says how old they may be, and the compactor, which deletes, does so only with \`compactor.retention_enabled\`. The disk fills.`,
      help: 'Set compactor = { retention_enabled = true; delete_request_store = "filesystem"; working_directory = …; } (from Loki 3.0 on it does not start without the store of delete requests).',
      related: [{ place: nameAt(deletes), message: "switched off here" }],
    });
  },
});

function isOn(node: OptionNode): boolean {
  const flag = readBoolean(node);
  return flag?.known === true && flag.value;
}
