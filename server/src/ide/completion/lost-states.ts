import { baseState } from "../../catalogue/catalogue.ts";
import type { BaseState } from "../../catalogue/entry.ts";
import type { PersistedEntry } from "../../edits/persistence-edit.ts";
import type { Host } from "../../host/host.ts";
import { isAtOrBelow, joinPath } from "../../host/paths.ts";
import { readBoolean } from "../../host/read-values.ts";
import { homeOf } from "../../host/user-home.ts";
import { normalUsers } from "../../rules/reading/normal-users.ts";
import { replacedSystemFile } from "../../rules/reading/replaced-files.ts";
import { isStateless } from "../../rules/reading/stateless-host.ts";
import { usedHomeStates } from "../../rules/reading/used-home-states.ts";
import { lossInWords, uncoveredLoss, whereInWords } from "../../rules/reading/wiped-root.ts";

/** Something that the next boot deletes and a store could keep. */
export interface LostState {
  readonly entry: PersistedEntry;
  /** Whose it is, in a few words. */
  readonly words: string;
  /** Where it lies, and what a reboot does to it or would do if the root were wiped as it is meant to be; a sentence. */
  readonly why: string;
  /** Of two, the one with less matters more. */
  readonly rank: number;
}

const RANK = { irreplaceable: 0, state: 1, system: 2, usual: 3, little: 4 } as const;

/** Filesystems of their own on every such host, and homes, which have lists of their own. */
const ELSEWHERE = ["/boot", "/home", "/nix"];

/** With preservation these are needed before systemd of the host runs. */
const EARLY = new Set(["/var/lib/nixos", "/etc/machine-id"]);

/** What the services of a host, and NixOS itself, keep where it is lost for certain. */
export function lostStates(host: Host): readonly LostState[] {
  if (isStateless(host)) return [];
  const states = [...serviceStates(host), ...systemStates(host)];
  return states.filter(({ entry }, index) => states.findIndex((other) => other.entry.path === entry.path) === index);
}

function serviceStates(host: Host): readonly LostState[] {
  return host.services
    .filter(({ enabled }) => enabled.answer === "yes")
    .flatMap(({ enable, state }) =>
      state
        .filter(({ kind, assumed }) => kind !== "cache" && !assumed)
        .flatMap(({ path, type, user, group, mode, dynamicUser, note, irreplaceable, little }): LostState[] => {
          // systemd gives the directories of dynamic users their owner at each start.
          const owner = dynamicUser ? {} : { user, group };
          const lost = lostEntry(host, { kind: type, path, mode, ...owner });
          if (!lost) return [];
          const rank = little ? RANK.little : irreplaceable ? RANK.irreplaceable : RANK.state;
          return [{ ...lost, words: note === undefined ? enable : `${enable}: ${note}`, rank }];
        }),
    );
}

function systemStates(host: Host): readonly LostState[] {
  return baseState
    .filter((state) => state.kind !== "cache" && state.severity !== "none" && !ELSEWHERE.includes(state.path))
    .filter((state) => isInUse(host, state))
    .flatMap(({ path, type, mode, lost: words, severity }): LostState[] => {
      const lost = lostEntry(host, { kind: type, path, mode, ...(EARLY.has(path) ? { inInitrd: true } : {}) });
      return lost ? [{ ...lost, words, rank: severity === "information" ? RANK.little : RANK.system }] : [];
    });
}

/** Whether what NixOS keeps there is in use for certain. */
function isInUse({ config }: Host, { condition }: BaseState): boolean {
  if ("always" in condition) return true;
  if (!("option" in condition)) return false;
  const flag = readBoolean(config.at(...condition.option.split(".")));
  if (flag === undefined) return condition.default === (condition.equals ?? true);
  return flag.known && flag.value === (condition.equals ?? true);
}

/** Where people keep what is theirs, whatever programs they have. */
const USUAL_HOME: readonly (readonly [path: string, words: string, mode?: string])[] = [
  ["Documents", "documents"],
  ["Downloads", "downloads"],
  ["Pictures", "pictures"],
  ["Music", "music"],
  ["Videos", "videos"],
  ["Desktop", "what lies on the desktop"],
  [".ssh", "ssh: keys and known hosts", "0700"],
  [".gnupg", "GnuPG: keys", "0700"],
  [".local/share/keyrings", "saved passwords of the desktop", "0700"],
  [".local/share/direnv", "direnv: which folders are allowed"],
  [".config", "settings of most programs"],
  [".cache", "what programs can make again"],
];

/** What a person of a host would lose: of the programs that are switched on, then what most people keep. */
export function lostHomeStates(host: Host, userName: string): readonly LostState[] {
  const home = homeOf(host.config, userName);
  if (!home.known || isStateless(host)) return [];
  const owner = { user: userName, group: "users" };
  const person = normalUsers(host).find(({ name }) => name === userName);
  const used = (person ? usedHomeStates(host, person) : []).flatMap(({ state, places }, at): LostState[] => {
    const mode = state.isPrivate ? "0700" : undefined;
    const all = places.map((path) => lostEntry(host, { kind: "directory", path, mode, ...owner }));
    const [first] = all;
    // A program that moved keeps one of its places; a file that its program replaces is not kept by itself.
    const isLost = first !== undefined && state.isFile !== true && all.every(Boolean);
    return isLost ? [{ ...first, words: state.what, rank: RANK.state + at / 1000 }] : [];
  });
  const usual = USUAL_HOME.flatMap(([path, words, mode], index): LostState[] => {
    const lost = lostEntry(host, { kind: "directory", path: joinPath(home.value, path), mode, ...owner });
    return lost ? [{ ...lost, words, rank: RANK.usual + index / 100 }] : [];
  });
  const taken = new Set(used.map(({ entry }) => entry.path));
  return [...used, ...usual.filter(({ entry }) => !taken.has(entry.path))];
}

/** The entry, where its path is lost for certain and may be persisted as it is. */
function lostEntry(host: Host, entry: PersistedEntry): Pick<LostState, "entry" | "why"> | undefined {
  if (entry.kind === "file" && replacedSystemFile(entry.path)) return undefined;
  const loss = uncoveredLoss(host, entry.path);
  if (loss.lost !== "yes" || isPartlyKept(host, entry.path)) return undefined;
  return { entry, why: `It is ${whereInWords(loss)}, and ${lossInWords(loss)}.` };
}

/** A second entry around one that is there hides it or is refused. */
function isPartlyKept(host: Host, path: string): boolean {
  const entries = host.stores.flatMap(({ directories, files }) => [...directories, ...files]);
  return entries.some((entry) => entry.path !== "/" && isAtOrBelow(entry.path, path));
}
