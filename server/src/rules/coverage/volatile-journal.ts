import type { Place } from "../../eval/origin.ts";
import type { Host } from "../../host/host.ts";
import { isNamed, readString } from "../../host/read-values.ts";
import { parseTimeSpan } from "../../shell/time-span.ts";
import { persistFix } from "../reading/persist-fix.ts";
import { certainEntries } from "../reading/persisted-entries.ts";
import { isStateless } from "../reading/stateless-host.ts";
import { lossInWords, uncoveredLoss, whereInWords } from "../reading/wiped-root.ts";
import { defineRule, type RuleContext } from "../rule.ts";

/** Logs are kept, and the journal is told not to write any; or it is to be kept, and its directory is not. */
export const volatileJournal = defineRule({
  code: "IMP430",
  name: "volatile-journal",
  group: "coverage",
  severity: "warning",
  since: "0.1.0",

  check(context) {
    const { host, report } = context;
    const storage = storageOf(host);
    reportLost(context, storage);
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

/** The other way round: the journal is meant to be kept, and its directory is lost with the root. */
function reportLost(context: RuleContext, storage: ReturnType<typeof storageOf>): void {
  const { host } = context;
  if (isStateless(host) || (storage && storage.value !== "persistent")) return;
  const age = lastingAge(host);
  const says = age ?? storage;
  // What another machine takes is kept there.
  if (!says || host.config.at("services", "journald", "upload", "enable").isDefined() !== false) return;
  const loss = uncoveredLoss(host, "/var/log/journal");
  if (loss.lost !== "yes") return;
  const words = age
    ? `\`MaxRetentionSec=${age.value}\` counts on a journal that gets that old`
    : "`Storage=persistent` asks for a journal on the disk";
  context.report({
    at: says.place,
    // Who only says what is the default, or only how much is too much, may have meant as little by it.
    severity: age && (storage || age.seconds >= MONTH) ? "warning" : "information",
    message: `${words}, and \`/var/log/journal\` is ${whereInWords(loss)}: it ${lossInWords(loss)}, and \`journalctl -b -1\` finds nothing.`,
    help: "Persist /var/log, or mount a filesystem of its own there.",
    related: [{ place: loss.fate.place, message: whereInWords(loss) }],
    fixes: () => persistFix(context, [{ kind: "directory", path: "/var/log" }]),
  });
}

interface LastingAge {
  readonly value: string;
  readonly seconds: number;
  readonly place: Place | undefined;
}

/** A `MaxRetentionSec=` of a week and more, with where it is said. */
function lastingAge(host: Host): LastingAge | undefined {
  const value = settingOf(host, "MaxRetentionSec");
  const span = value === undefined ? undefined : parseTimeSpan(value);
  if (value === undefined || !span?.ok || span.seconds < WEEK || span.seconds === Number.POSITIVE_INFINITY)
    return undefined;
  const journald = host.config.at("services", "journald");
  const setting = journald.at("settings", "Journal", "MaxRetentionSec");
  const text = setting.isDefined() === true ? readString(setting) : readString(journald.child("extraConfig"));
  return { value, seconds: span.seconds, place: text?.place };
}

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
  // What is to go after a day or two may well lie in memory.
  const age = lastingAge(host);
  return age && ` \`MaxRetentionSec=${age.value}\` counts on a journal that gets that old.`;
}

const WEEK = 7 * 24 * 3600;
const MONTH = 4 * WEEK;

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
