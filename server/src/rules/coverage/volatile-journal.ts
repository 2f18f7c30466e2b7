import type { Place } from "../../eval/origin.ts";
import type { Host } from "../../host/host.ts";
import { isNamed, readString } from "../../host/read-values.ts";
import { parseTimeSpan } from "../../shell/time-span.ts";
import { certainEntries } from "../reading/persisted-entries.ts";
import { defineRule } from "../rule.ts";

/** Logs are kept, and the journal is told not to write any. */
export const volatileJournal = defineRule({
  code: "IMP430",
  name: "volatile-journal",
  group: "coverage",
  severity: "warning",
  since: "0.1.0",

  check({ host, report }) {
    const storage = storageOf(host);
    if (!storage || !/^(volatile|none)$/.test(storage.value)) return;
    const entry = certainEntries(host).find(({ path }) => path === "/var/log/journal" || path === "/var/log");
    const own = host.fileSystems.find(
      ({ mountpoint }) => mountpoint === "/var/log/journal" || mountpoint === "/var/log",
    );
    const kept = entry?.path ?? own?.mountpoint;
    if (kept === undefined || host.fateOf(kept).survives.answer !== "yes") return;
    const limits = limitsOf(host);
    report({
      at: storage.place,
      // Other programs write to /var/log as well; limits for what is kept there say that the journal is meant.
      severity: kept === "/var/log" && limits === undefined ? "information" : "warning",
      message: `\`Storage=${storage.value}\` keeps the journal ${storage.value === "none" ? "nowhere" : "in /run alone"}: nothing of it reaches \`${kept}\`, which is kept, and every reboot ends what can be read of the past.${limits ?? ""}`,
      help: "Set Storage=persistent, with SystemMaxUse for its size; or stop keeping the directory, if the journal shall go.",
      related: [{ place: entry?.place ?? own?.place, message: "kept here" }],
    });
  },
});

/** The last `Storage=` that is written, whose option is another one in later releases. */
function storageOf({ config }: Host): { readonly value: string; readonly place: Place | undefined } | undefined {
  const journald = config.at("services", "journald");
  const option = journald.child("storage");
  const own = option.isDefined() === true ? readString(option) : undefined;
  const settings = journald.at("settings", "Journal", "Storage");
  const setting = settings.isDefined() === true ? readString(settings) : undefined;
  const extra =
    journald.child("extraConfig").isDefined() === true ? readString(journald.child("extraConfig")) : undefined;
  const lines = extra?.known ? [...extra.value.matchAll(/^\s*Storage\s*=\s*(\w+)/gm)] : [];
  const last = lines.at(-1)?.[1];
  if (last !== undefined) return { value: last, place: extra?.place };
  const known = setting ?? own;
  return known?.known ? { value: known.value, place: known.place } : undefined;
}

/** What says that the journal on disk is meant: a limit for its size (that in /run has `Runtime…=`), or for how old it gets. */
function limitsOf(host: Host): string | undefined {
  const size = ["SystemMaxUse", "SystemKeepFree", "SystemMaxFileSize", "SystemMaxFiles"].find(
    (name) => settingOf(host, name) !== undefined,
  );
  if (size !== undefined) return ` \`${size}\`, which limits what is kept on disk, has no effect.`;
  const age = settingOf(host, "MaxRetentionSec");
  const span = age === undefined ? undefined : parseTimeSpan(age);
  // What is to go after a day or two may well lie in memory.
  if (!span?.ok || span.seconds < WEEK || span.seconds === Number.POSITIVE_INFINITY) return undefined;
  return ` \`MaxRetentionSec=${age}\` counts on a journal that gets that old.`;
}

const WEEK = 7 * 24 * 3600;

/** What journald is told, as text; what is set and cannot be read is an empty one. */
function settingOf({ config }: Host, name: string): string | undefined {
  const journald = config.at("services", "journald");
  const settings = journald.at("settings", "Journal");
  if (settings.isDefined() !== false && isNamed(settings, name)) {
    const value = readString(settings.child(name));
    return value?.known ? value.value : "";
  }
  const extra = journald.child("extraConfig");
  const text = extra.isDefined() === true ? readString(extra) : undefined;
  return text?.known ? new RegExp(`^\\s*${name}\\s*=[ \\t]*(.*?)\\s*$`, "m").exec(text.value)?.[1] : undefined;
}
