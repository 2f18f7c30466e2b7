import { isPartlyKept, lostHomeParts } from "../reading/lost-home-parts.ts";
import { type NormalUser, normalUsers } from "../reading/normal-users.ts";
import { persistFix } from "../reading/persist-fix.ts";
import { mayBeKeptByOwnHome } from "../reading/standalone-homes.ts";
import { isStateless } from "../reading/stateless-host.ts";
import type { UsedHomeState } from "../reading/used-home-states.ts";
import { misleadingEntries, unreadableBeside } from "../reading/vain-home-entries.ts";
import { lossInWords, uncoveredLoss, whereInWords } from "../reading/wiped-root.ts";
import { defineRule, type RuleContext } from "../rule.ts";

/** So many programs are named; the rest is in the fixes. */
const SHOWN = 8;

/** A person's home is kept in parts, and what programs that are switched on keep in it is not among them. */
export const partlyKeptHome = defineRule({
  code: "IMP434",
  name: "partly-kept-home",
  group: "coverage",
  severity: "information",
  since: "0.1.0",

  check(context) {
    const { host } = context;
    if (host.stores.length === 0 || isStateless(host)) return;
    const persons = normalUsers(host);
    for (const user of persons) {
      const { name, home, place } = user;
      if (
        home === undefined ||
        mayBeKeptByOwnHome(context, home) ||
        !isPartlyKept(host, home) ||
        uncoveredLoss(host, home).lost !== "yes"
      )
        continue;
      const { used, lost } = lostHomeParts(host, user);
      const [first] = lost;
      if (!first) continue;
      const loss = uncoveredLoss(host, first.places[0] ?? "");
      const notes = [...misleadingEntries(host, home, used, lost), ...unreadableBeside(host, used, lost)];
      const hurts = lost.some((one) => isData(one, used, lost) && (one.isOwn || persons.length === 1));
      context.report({
        at: place,
        severity: hurts || notes.length > 0 ? "warning" : "information",
        message: `Of \`${home}\` only parts are kept. Not among them: ${inWords(lost)}. ${lost.length > 1 ? "They are" : "It is"} ${whereInWords(loss)}, and ${lossInWords(loss, lost.length > 1)}.${notes.map((note) => ` ${note}`).join("")}`,
        help: helpFor(name, lost),
        related: [{ place: loss.fate.place, message: whereInWords(loss) }],
        fixes: () => fixesFor(context, user, lost),
      });
    }
  },
});

function inWords(lost: readonly UsedHomeState[]): string {
  const shown = lost.slice(0, SHOWN).map(({ state, places }) => `\`${places[0] ?? ""}\` (${state.what})`);
  const more = lost.length - shown.length;
  return `${shown.join("; ")}${more > 0 ? `; and ${more} more` : ""}`;
}

/**
 * Whether nobody can make it again. Of browsers and keyrings only where no other one of the person is kept; of folders of the
 * desktop only where another one is, so that the person has them.
 */
function isData(
  { state, isDeclared }: UsedHomeState,
  used: readonly UsedHomeState[],
  lost: readonly UsedHomeState[],
): boolean {
  if (state.worth !== "data" || isDeclared) return false;
  const { kind } = state;
  if (kind === undefined) return true;
  const isOtherKept = used.some((other) => other.state.kind === kind && !lost.includes(other));
  return kind === "folder" ? isOtherKept : !isOtherKept;
}

function helpFor(name: string, lost: readonly UsedHomeState[]): string {
  const files = lost.filter(({ state }) => state.isFile).map(({ places }) => `\`${places[0] ?? ""}\``);
  const alone =
    files.length > 0 && ` Shells replace ${files.join(" and ")}: have the history in a directory that is kept.`;
  return `Persist what ${name} wants to keep (users.${name}.directories).${alone || ""}`;
}

/** All of them at once, then each by itself. */
function fixesFor(context: RuleContext, { name }: NormalUser, lost: readonly UsedHomeState[]) {
  const entries = lost
    .filter(({ state }) => !state.isFile)
    .map(({ state, places }) => ({
      ...{ kind: "directory" as const, path: places[0] ?? "", user: name, group: "users" },
      mode: state.isPrivate ? "0700" : undefined,
    }));
  const groups = entries.length > 1 ? [entries, ...entries.map((entry) => [entry])] : [entries];
  return groups.flatMap((group) =>
    persistFix(context, group).map((plan) => ({ ...plan, safety: "unsafe" as const, preferred: false })),
  );
}
