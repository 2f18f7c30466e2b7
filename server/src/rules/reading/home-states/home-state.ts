/** How much it hurts: nobody can make data again; a login costs an evening; histories and settings are missed. */
export type Worth = "data" | "login" | "history" | "settings";

/** The same, most painful first. */
export const WORTHS: readonly Worth[] = ["data", "login", "history", "settings"];

/** What a program keeps in homes, where nobody would want to lose it. */
export interface HomeState {
  /**
   * Options of the host, or of home-manager below `home:`, any of which switches the program on; with `=value` for one
   * that chooses it by name.
   */
  readonly options: readonly string[];
  /** Packages that bring it, where a person or the system has them installed. */
  readonly packages?: readonly string[];
  /** It counts for persons with this login shell. */
  readonly shell?: string;
  /** Who logs in with another shell than bash hardly uses it. */
  readonly unlessShell?: boolean;
  /** Below the home; the first is where programs of today have it. */
  readonly paths: readonly string[];
  readonly what: string;
  readonly worth: Worth;
  /** Options that say where it is instead, some with a name below what they say; the first that is set counts. */
  readonly movedBy?: readonly (readonly [option: string, below?: string])[];
  /** A group of options whose texts may say where it is instead, by naming this variable. */
  readonly movedIn?: readonly [group: string, variable: string];
  /** Without this option it is kept elsewhere. */
  readonly needs?: string;
  /** Options by which the configuration makes most of it anew; what is left is a matter of taste. */
  readonly declaredBy?: readonly string[];
  /** A single file that its program replaces: only the directory around it can be persisted. */
  readonly isFile?: boolean;
  /** Only for persons whose services run without a login. */
  readonly isLingering?: boolean;
  /** Where the same program keeps what the whole system shares: who persists that believes that all of it is kept. */
  readonly ofSystem?: string;
  /** Switches on what that directory is for anyway. */
  readonly unlessOn?: string;
  /** Where people look for it, and where it is not: below the home, or absolute. */
  readonly insteadOf?: readonly string[];
  /**
   * Of several that people choose from: who persists another one's directory means this. Folders of the desktop are used
   * side by side.
   */
  readonly kind?: "browser" | "keyring" | "folder";
  /** Files in it are for nobody else to read. */
  readonly isPrivate?: boolean;
  /** It encrypts what it keeps with a key in the keyring of GNOME and its like, or in the wallet of Plasma. */
  readonly isSealed?: boolean;
}

interface Names extends Partial<Omit<HomeState, "options" | "paths" | "what" | "worth">> {
  /** Programs of home-manager; `services.x` for what is not a program. */
  readonly home?: readonly string[];
  /** Programs of NixOS, in the same way. */
  readonly nixos?: readonly string[];
}

/** A program, by the names of what brings it. */
export function keeps(worth: Worth, paths: string | readonly string[], what: string, names: Names): HomeState {
  const { home = [], nixos = [], ...rest } = names;
  return {
    ...rest,
    options: [...nixos.map(switchOf), ...home.map((name) => `home:${switchOf(name)}`)],
    paths: typeof paths === "string" ? [paths] : paths,
    what,
    worth,
  };
}

function switchOf(name: string): string {
  if (name.includes("=")) return name;
  return name.includes(".") ? `${name}.enable` : `programs.${name}.enable`;
}
