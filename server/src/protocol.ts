/**
 * What the server and the VS Code client say to each other beyond the Language Server Protocol.
 *
 * Every message here is an extra: a client that knows none of them gets the same findings, fixes and hovers. Both sides
 * import the names and shapes from this file, so it imports nothing itself.
 */

/** Method names. The first is sent by the server, the rest are asked by the client. */
export const methods = {
  /** Notification, server to client: {@link Status}. Sent after every analysis and when the set of open files changes. */
  status: "impermanence/status",
  /** Request without parameters, answered with {@link HostSummary}[]. */
  hosts: "impermanence/hosts",
  /** Request with {@link FactsParams}, answered with {@link FactsResult}, or null when there is no such host. */
  facts: "impermanence/facts",
  /** Request without parameters, answered with {@link RuleSummary}[], ordered by code. */
  rules: "impermanence/rules",
  /** Request with {@link ExplainParams}, answered with {@link ExplainResult}, or null when there is no such rule. */
  explain: "impermanence/explain",
  /** Request with {@link ScaffoldParams}, answered with {@link ScaffoldResult}. */
  scaffold: "impermanence/scaffold",
  /** Request, server to client: {@link ConsentParams}, answered with {@link ConsentResult}, before each use of ssh. */
  consent: "impermanence/remote/consent",
  /** Request with {@link ResolveParams}, answered with {@link ResolveResult}: asked when a person wants to know it before approving. Runs `ssh -G`. */
  resolve: "impermanence/remote/resolve",
  /** Request, server to client: {@link PlanParams}, answered with true when the plan may be carried out. */
  confirm: "impermanence/remote/confirm",
  /** Request, server to client: {@link AskParams}, answered with what was typed, or null. */
  ask: "impermanence/remote/ask",
  /** Notification, server to client: {@link RemoteLogParams}. */
  remoteLog: "impermanence/remote/log",
  /** Request with {@link RemoteTextParams}, answered with {@link RemoteTextResult}. */
  remoteText: "impermanence/remote/text",
} as const;

/** What `workspace/executeCommand` names start with; the name of a remote command follows, for example `status`. */
export const remotePrefix = "impermanence.remote.";

/** `initializationOptions` of the VS Code client. Other clients need none. */
export interface InitializationOptions {
  /** True: the client takes the status notification. Without it the server does not send any. */
  readonly status?: boolean;
  /**
   * True: the client answers the requests about consent and plans, takes the log of ssh, and offers commands of its own,
   * so the server announces none. Without it the server asks by `window/showMessageRequest`.
   */
  readonly remote?: boolean;
}

/** What the checker knows at this moment. It replaces the status sent before; nothing is merged. */
export interface Status {
  /** True while an analysis is running or about to run. The counts below are then those of the last one. */
  readonly busy: boolean;
  /** Every open Nix file, also those that belong to no host. */
  readonly files: readonly FileStatus[];
  /** Milliseconds that the last analysis took; undefined before the first one is done. */
  readonly elapsed?: number;
}

/** One open file, as the status item shows it. */
export interface FileStatus {
  /** Document URI, as the client sent it. */
  readonly uri: string;
  /** Names of the hosts that this file is part of. Empty: the file is not part of a checked host. */
  readonly hosts: readonly string[];
  /** Findings in those hosts, in all of their files. A finding that holds in several hosts counts once. */
  readonly findings: number;
  /** Those of them that lie in this file. */
  readonly findingsInFile: number;
}

/** One host of the workspace. */
export interface HostSummary {
  readonly name: string;
  /** URI of the file that declares it: `flake.nix`, or an entry module. */
  readonly uri: string;
  /** Whether the configuration empties its root or keeps stores at all. */
  readonly isImpermanent: boolean;
  /** Findings that hold in this host. */
  readonly findings: number;
  /** What kind of root it has, in a few words: "tmpfs", "btrfs, rolled back at boot", "not emptied", "unknown". */
  readonly root: string;
  /** False for a host that declares no filesystem, whose disk can be laid out. */
  readonly hasFileSystems: boolean;
}

export interface FactsParams {
  readonly host: string;
}

/** What is known of one host: the document that `nix-impermanence facts --host NAME --format json` prints. */
export interface FactsResult {
  readonly facts: unknown;
}

/** One rule, as lists show it. */
export interface RuleSummary {
  /** `IMP` and three digits. */
  readonly code: string;
  /** Kebab-case noun phrase. */
  readonly name: string;
  readonly group: string;
  readonly severity: "error" | "warning" | "information" | "hint";
  /** First sentence of the rule's page. */
  readonly summary: string;
}

export interface ExplainParams {
  /** Code or name of a rule. */
  readonly rule: string;
}

/** The page of one rule. */
export interface ExplainResult {
  readonly code: string;
  readonly name: string;
  /** The whole page, with its title as the first heading. */
  readonly markdown: string;
}

/** The first element of the arguments of a remote command; the command's own options stand beside these. */
export interface RemoteArgument {
  /** As on the command line: a name of ~/.ssh/config, a host of the configuration, or a destination as ssh takes it. */
  readonly host: string;
  /** Compare with this host of the configuration, whatever the destination is called. */
  readonly as?: string;
  /** What a plan that cannot be undone wants typed, for clients in which nothing can be typed. */
  readonly confirmed?: string;
}

/** The button of the question for consent that runs `ssh -G` and asks again with its answer. */
export const WHERE_IT_LEADS = "Show Where It Leads";

/** What ssh is about to be run for. */
export interface ConsentParams {
  /** What ssh is asked for: `host`, `user@host` or `ssh://user@host:port`. Consent is given for this. */
  readonly destination: string;
  /** The question, one line. */
  readonly question: string;
  /** Sentences below it: where the address comes from, and what is run. */
  readonly details: readonly string[];
  /** Whether root is used, in general; where a host leads says it of this one, and takes its place. */
  readonly root: string;
}

export interface ResolveParams {
  readonly destination: string;
}

/** What ssh makes of a destination. */
export interface ResolveResult {
  /** Sentences: where it connects to, as whom, and whether root is used. */
  readonly lines: readonly string[];
}

export interface ConsentResult {
  readonly approved: boolean;
  /** Why not, as a sentence. */
  readonly why?: string;
}

/** What is about to be done on a host. Control characters are shown as escapes already. */
export interface PlanParams {
  readonly destination: string;
  readonly title: string;
  readonly lines: readonly string[];
  /** What has to be typed, for what cannot be undone. */
  readonly typed?: string;
  /** The change of files that the lines show, as `git apply` takes it. */
  readonly patch?: string;
}

/** What ssh or sudo wants to know from a person. */
export interface AskParams {
  readonly host: string;
  readonly kind: "host-key" | "passphrase" | "password" | "other";
  /** The question in the words of ssh, sudo or the host. Control characters are shown as escapes already, line breaks stay. */
  readonly text: string;
  /** Whether what is typed must not be shown. */
  readonly hidden: boolean;
  /** How often it was asked before: the last answer was wrong. */
  readonly attempt: number;
}

/** One line about ssh: a command that is run, or how it ended. Never a secret. */
export interface RemoteLogParams {
  readonly line: string;
}

export interface RemoteTextParams {
  /** Name of a remote command, without prefix. */
  readonly command: string;
  /** What it answered. */
  readonly result: unknown;
}

/** The answer in words, as the command line prints it. */
export interface RemoteTextResult {
  readonly text: string;
}

/** What a person decided about the modules for servers. What is left out stays as the host or the modules have it. */
export interface ScaffoldParams {
  readonly host: string;
  /** URI of the file that declares the host, where several have one name. */
  readonly uri?: string;
  /** New modules, or the way to them from those of the documents. */
  readonly task: "scaffold" | "migrate";
  /** Where the modules go, from the root of the project. */
  readonly folder: string;
  /** Left out: what the host has, else impermanence. */
  readonly persistence?: "impermanence" | "preservation";
  readonly mode?: "balanced" | "io-optimized" | "space-optimized";
  /** What takes snapshots. */
  readonly snapshots?: "own" | "btrbk";
  readonly monitoring?: boolean;
  /** The disk to lay out, for a host that has no filesystems. */
  readonly disk?: string;
}

/** One file of the plan. */
export interface ScaffoldFile {
  readonly uri: string;
  /** From the root of the project. */
  readonly path: string;
  /** Null for a file that is new. */
  readonly before: string | null;
  readonly after: string;
}

/** The plan, or a sentence that says why there is none. The server writes nothing. */
export type ScaffoldResult =
  | {
      readonly files: readonly ScaffoldFile[];
      /** What a person has to do besides; commands to run are indented by four blanks. */
      readonly notes: readonly string[];
      /** What the checker would still warn of. */
      readonly left: readonly string[];
    }
  | { readonly why: string };
