import { joinPath } from "../../host/paths.ts";
import { nameAt, readBoolean, readString } from "../../host/read-values.ts";
import type { OptionNode } from "../../modules/option-node.ts";
import { intendedEntries } from "../reading/persisted-entries.ts";
import { lossInWords, uncoveredLoss, whereInWords } from "../reading/wiped-root.ts";
import type { RuleContext } from "../rule.ts";

/** Where Firefox has its profiles: it takes the old place wherever that exists. */
const OLD = ".mozilla";
const NEW = ".config/mozilla";
/** Since when home-manager writes profiles to the new place, by `home.stateVersion`. */
const MOVED_IN = 26.05;

/**
 * home-manager writes Firefox' profiles to one place, and the other is what is persisted. Below the old place it makes
 * that directory, so that Firefox keeps everything there; in the new one Firefox does not look while the old one exists.
 */
export function reportFirefoxProfiles({ host, report }: RuleContext, own: OptionNode, home: string): void {
  const firefox = own.at("programs", "firefox");
  const profiles = firefox.child("profiles");
  if (firefox.isDefined() !== true || profiles.isDefined() !== true || profiles.names().length === 0) return;
  const enabled = readBoolean(firefox.child("enable"));
  const isMoved = own.at("xdg", "configHome").isDefined() !== false;
  if (!enabled?.known || !enabled.value || firefox.child("configPath").isDefined() !== false || isMoved) return;
  const version = readString(own.at("home", "stateVersion"));
  if (!version?.known || !/^\d\d\.\d\d$/.test(version.value)) return;
  const isNew = Number(version.value) >= MOVED_IN;
  const [written, other] = isNew ? [NEW, OLD] : [OLD, NEW];
  const kept = intendedEntries(host).find(({ path }) =>
    [joinPath(home, other), joinPath(home, `${other}/firefox`)].includes(path),
  );
  const loss = uncoveredLoss(host, joinPath(home, `${written}/firefox`));
  if (!kept || loss.lost !== "yes") return;
  const by = `With \`home.stateVersion = "${version.value}"\` home-manager writes the profiles of Firefox to \`${joinPath(home, `${written}/firefox`)}\``;
  report({
    at: nameAt(profiles),
    message: isNew
      ? `${by}. Firefox does not read them there: \`${kept.path}\` is persisted, and while it exists Firefox takes the profiles in it.`
      : `${by}, and where that exists Firefox keeps bookmarks and logins in it. It is ${whereInWords(loss)}, and ${lossInWords(loss)}. \`${kept.path}\` is persisted, where Firefox keeps nothing then.`,
    help: isNew
      ? `Set programs.firefox.configPath = ".mozilla/firefox"; or move what is in the store to "${NEW}" and persist that instead.`
      : `Persist "${OLD}", or set programs.firefox.configPath = "${NEW}/firefox" (a Firefox of 2026 or later).`,
    related: [{ place: kept.place, message: isNew ? "what Firefox reads" : "this entry keeps nothing" }],
  });
}
