import { offer } from "../../edits/fix-plan.ts";
import { setOption } from "../../edits/option-edit.ts";
import { nameAt, openOf, readBoolean, readString } from "../../host/read-values.ts";
import { defineRule } from "../rule.ts";

const SETTINGS = ["services", "postgresql", "settings"] as const;

/** PostgreSQL is told how to archive its log, and not to archive it; or the other way round. */
export const archiveCommandWithoutMode = defineRule({
  code: "IMP626",
  name: "archive-command-without-mode",
  group: "snapshots",
  severity: "warning",
  since: "0.1.0",

  check(context) {
    const { host, report } = context;
    const enabled = readBoolean(host.config.at("services", "postgresql", "enable"));
    const settings = host.config.at(...SETTINGS);
    if (!enabled?.known || !enabled.value || openOf(settings)) return;
    const how = ["archive_command", "archive_library"]
      .map((key) => ({ key, node: settings.child(key) }))
      .find(({ node }) => {
        const text = readString(node);
        return text !== undefined && !(text.known && text.value.trim() === "");
      });
    const mode = switchOf(readBoolean(settings.child("archive_mode")), readString(settings.child("archive_mode")));
    const level = readString(settings.child("wal_level"));
    if (how && mode === "off") {
      report({
        at: nameAt(how.node),
        message: `\`${how.key}\` has no effect: \`archive_mode\` is ${settings.child("archive_mode").isDefined() === false ? "not set, and off by default" : "off"}. PostgreSQL archives nothing, and its log can take no backup to a later time.`,
        help: 'Set archive_mode = "on"; PostgreSQL reads it at its start only.',
        fixes: () =>
          offer(setOption(context, [...SETTINGS, "archive_mode"], '"on"'), {
            title: 'Set archive_mode = "on"',
            safety: "safe",
            preferred: true,
          }),
      });
    }
    if (mode !== "on") return;
    if (level?.known && level.value === "minimal") {
      report({
        at: nameAt(settings.child("wal_level")),
        severity: "error",
        message: "PostgreSQL does not start with `archive_mode` while `wal_level` is `minimal`.",
        help: 'Set wal_level = "replica", or leave it out.',
        related: [{ place: nameAt(settings.child("archive_mode")), message: "switched on here" }],
      });
    }
  },
});

/** PostgreSQL takes booleans in many spellings; a setting that is not known says nothing. */
function switchOf(flag: ReturnType<typeof readBoolean>, text: ReturnType<typeof readString>): "on" | "off" | "unknown" {
  if (flag === undefined && text === undefined) return "off";
  if (flag?.known) return flag.value ? "on" : "off";
  if (!text?.known) return "unknown";
  if (/^(on|always|true|yes|1)$/i.test(text.value)) return "on";
  return /^(off|false|no|0)$/i.test(text.value) ? "off" : "unknown";
}
