import type { Place } from "../../eval/origin.ts";
import { HOLE } from "../../eval/value.ts";
import { expand } from "../../host/expand.ts";
import type { Host, Unit } from "../../host/host.ts";
import { normalise } from "../../host/paths.ts";
import { perItem } from "../../host/per-item.ts";
import {
  childrenOf,
  isNamed,
  itemNode,
  nameAt,
  readBoolean,
  readItems,
  readString,
  readStringOrNull,
  readTexts,
  setAt,
} from "../../host/read-values.ts";
import { scriptsOf } from "../../host/script.ts";
import type { OptionNode } from "../../modules/option-node.ts";
import { wordsOf } from "../reading/data-names.ts";
import { runningUnits } from "../reading/data-paths.ts";
import { datasetKeys } from "../reading/dataset-keys.ts";
import { crypttabLines } from "../reading/late-disks.ts";
import { literalsBelow, type OptionText, serviceTexts, textsBelow, writtenBelow } from "../reading/option-texts.ts";
import { scriptCommands } from "../reading/script-commands.ts";
import { FILE_OPTIONS } from "./file-options.ts";

/** A file that something of the configuration reads and that is no part of it. */
export interface NamedFile {
  readonly path: string;
  /** What names it, for messages. */
  readonly option: string;
  readonly place: Place | undefined;
  /** What reads it, where that is no service: somebody put it there, whatever service has its state around it. */
  readonly needs?: "mount" | undefined;
}

/** Groups of options beside `services` that name keys and passwords. */
const GROUPS: readonly (readonly string[])[] = [
  ["mailserver"],
  ["networking", "openvpn"],
  ["networking", "wg-quick"],
  ["networking", "wireguard"],
  ["networking", "wireless"],
  ["power", "ups"],
  ["programs", "msmtp"],
  ["programs", "ssh"],
  ["security", "acme"],
  ["systemd", "network"],
];

/** Files by a text in the options of what runs; a path literal is copied to the Nix store. */
export function namedFiles(host: Host): NamedFile[] {
  const { config } = host;
  const texts = [...serviceTexts(host), ...GROUPS.flatMap((path) => textsBelow(config.at(...path)))];
  const units = runningUnits(host.units);
  return [
    ...listedFiles(host),
    ...texts.flatMap(filesOf),
    ...filesOfSettings(units),
    ...filesOfScripts(units),
    ...keysOfBuilders(host),
    ...keysOfDisks(host),
    ...keysOfDatasets(host),
    ...secretsOfInitrd(host),
  ];
}

/** Secrets of the initrd by a file of the host: one that is named, or null, which stands for the file of that name. */
function secretsOfInitrd({ config }: Host): NamedFile[] {
  const secrets = config.at("boot", "initrd", "secrets");
  if (secrets.isDefined() === false) return [];
  return childrenOf(secrets).flatMap(({ name, node, certain }) => {
    const source = certain.answer === "yes" && name.startsWith("/") ? readStringOrNull(node) : undefined;
    if (!source?.known) return [];
    if (source.value !== null) return fileAt(source.value, "boot.initrd.secrets", source.place);
    return [{ path: normalise(name), option: "boot.initrd.secrets", place: nameAt(node) }];
  });
}

/** Names of options that hold the path of a secret; a key of which nothing says what for may be a public one. */
const SECRET_FILE =
  /(pass(word|phrase)?|token|secret|psk|(private|secret|app|api|hmac|jwt|master|encryption|deterministic|signing|session|access)_?-?key(_?-?base)?)_?-?(file|path)s?$/i;

/** Whether an option holds the path of a secret: by its name, or as it is a file below `secrets`, such as GitLab's. */
function isSecretFile(option: readonly string[]): boolean {
  const name = option.at(-1) ?? "";
  return SECRET_FILE.test(name) || (option.slice(0, -1).includes("secrets") && /(file|path)$/i.test(name));
}

/** Options that hold the path of a secret as a path literal. */
export function secretLiterals(host: Host): NamedFile[] {
  return textsOfGroups(host, literalsBelow)
    .filter(({ option }) => isSecretFile(option))
    .map(({ text, option, place }) => ({ path: normalise(text), option: option.join("."), place }));
}

/** Options that hold the path of a secret as a text. */
export function secretTexts(host: Host): NamedFile[] {
  return textsOfGroups(host, textsBelow)
    .filter(({ text, option }) => text.startsWith("/") && isSecretFile(option))
    .map(({ text, option, place }) => ({ path: normalise(text), option: option.join("."), place }));
}

/** Options that hold the path of a secret that the configuration itself writes into the Nix store. */
export function writtenSecrets(host: Host): NamedFile[] {
  return [
    ...textsOfGroups(host, writtenBelow).filter(
      ({ text, option }) => isWrittenSecret(host.config, option) && !isForNobody(host.config.at(...option), text),
    ),
    ...writtenByUnits(runningUnits(host.units)),
  ].map(({ text, option, place }) => ({
    path: text,
    option: option.join("."),
    place: setAt(host.config.at(...option)) ?? place,
  }));
}

const writtenByUnits = perItem(({ node }: Unit) =>
  isNamed(node, "serviceConfig") && isNamed(node.child("serviceConfig"), "EnvironmentFile")
    ? writtenBelow(node.child("serviceConfig")).filter(
        ({ option }) => option.at(-1) === "EnvironmentFile" && holdsSecret(node.at("serviceConfig", "EnvironmentFile")),
      )
    : [],
);

function isWrittenSecret(config: OptionNode, option: readonly string[]): boolean {
  const name = option.at(-1) ?? "";
  return (
    isSecretFile(option) ||
    (/^(environment|env|credentials|secrets?)_?files?$/i.test(name) && holdsSecret(config.at(...option)))
  );
}

/** A variable with a password or the like that is written out. */
const VARIABLE =
  /^\s*(?:export\s+)?\w*(?:PASS|PASSWORD|PASSWD|PASSPHRASE|SECRET|TOKEN|API_?KEY|PRIVATE_?KEY|ACCESS_?KEY|SECRET_?KEY)\w*=["']?(?![/$%"'\s])\S/im;

/** A secret that everybody may know, where a program insists on one. */
export function isForNobody(option: OptionNode, path: string): boolean {
  return (
    /dummy|unused|placeholder|fake|empty|invalid/i.test(path) ||
    scriptsOf(option).some(({ text }) =>
      /^\s*(unused|dummy|none|null|empty|placeholder|fake|guest|public|anonymous|x+|[!*]+)?\s*$/i.test(text),
    )
  );
}

function holdsSecret(option: OptionNode): boolean {
  return scriptsOf(option).some(({ text }) =>
    text
      .split("\n")
      .some(
        (line) =>
          VARIABLE.test(line) &&
          !/^[^=]*_(FILE|PATH|CMD|COMMAND|DIR|LENGTH|EXPIR\w*)=/i.test(line) &&
          !line.includes(HOLE),
      ),
  );
}

function textsOfGroups(host: Host, below: (group: OptionNode) => readonly OptionText[]): readonly OptionText[] {
  return [...serviceTexts(host, below), ...GROUPS.flatMap((path) => below(host.config.at(...path)))];
}

/** Options whose names say too little. */
function listedFiles({ config }: Host): NamedFile[] {
  return FILE_OPTIONS.flatMap((option) => {
    const path = option.split(".");
    const last = path.pop() ?? "";
    return expand(config, path).flatMap(({ node, certain }) => {
      if (certain.answer !== "yes" || node.child(last).isDefined() === false) return [];
      const name = [...node.path, last].join(".");
      return readTexts(node.child(last)).texts.flatMap(({ text, place }) => fileAt(text, name, place));
    });
  });
}

/** Words for what nobody writes into a configuration. */
const SECRET =
  /^(passwords?|passwd|passphrase|pass|pw|secrets?|tokens?|credentials?|creds|keys?|auth|env|environment|netrc|kubeconfig|identity|htpasswd|psk|cert|certificates?|ca|crt|pem|seed|salt|nonce|dsn|cred|cookies?|wireguard|rclone)$/;
/** Two of them, or one and whose it is, written as one word: `adminpassFile`, `apikeyFile`. */
const GLUED =
  /^(admin|api|app|auth|bind|block|db|hash|internal|jwt|mail|master|pg|priv|private|root|shared|smtp|user)(pass|passwd|password|secret|token|key|creds?)$/;
/** Words for a file. */
const FILE = /^(file|files|path|paths|identity|key|keys|certificate|cert)$/;
/** Keys that are public, made by the program itself, or no files. */
const NO_SECRET = /^(public|pub|authorized|known|pid|log|lock|cache|socket|trusted|out|output|lifetime|size|type)$/;
const COMMAND = /(pass\w*|token|secret|credentials?|key)_?-?command$/i;

/** The key in the words with which a program is told to call ssh, such as borg's BORG_RSH and restic's sftp.command. */
const IDENTITY = /(?:^|[\s'"=/])ssh\s(?:[^;|&]*?\s)?-(?:i\s*|o\s*IdentityFile=)(\/[^\s'"]+)/g;

/** The file that a text names, by the name of its option. */
function filesOf({ text, option, place }: OptionText): NamedFile[] {
  const name = option.at(-1) ?? "";
  const by = option.join(".");
  const identities = [...text.matchAll(IDENTITY)].flatMap(([, path = ""]) => fileAt(path, by, place));
  if (identities.length > 0) return identities;
  if (COMMAND.test(name)) return filesShown(text).flatMap((path) => fileAt(path, by, place));
  return namesSecret(name) ? fileAt(text, by, place) : [];
}

/** Whether the name of an option or variable says that it holds the path of a key, a password or the like. */
function namesSecret(name: string): boolean {
  const words = wordsOf(name);
  if (words.some((word) => NO_SECRET.test(word))) return false;
  const last = words.at(-1) ?? "";
  if (
    /^(environment|credentials|secrets|password|passphrase|token|key|pass|secret|keys?|auth|ca|cert)files?$/.test(last)
  )
    return true;
  return FILE.test(last) && words.some((word) => SECRET.test(word) || GLUED.test(word));
}

/** What `cat /path` and its like show. */
function filesShown(command: string): string[] {
  return [...command.matchAll(/(?:^|[\s/;|&(])(?:cat|head(?:\s+-\S+)*|<)\s+(["']?)(\/[^\s"';|)]+)\1/g)].map(
    ([, , path = ""]) => path,
  );
}

/** The authorities that NixOS puts into /etc. */
const BUNDLES = /^\/etc\/(ssl\/(certs|trust-source)|pki|static)(\/|$)/;

function fileAt(text: string, option: string, place: Place | undefined): NamedFile[] {
  const isPath = /^\/[^\s*%$:]+$/.test(text) && !text.includes(HOLE);
  return isPath && !BUNDLES.test(text) ? [{ path: normalise(text), option, place }] : [];
}

/** The files that the settings of units name, and their scripts. */
const filesOfSettings = perItem(({ node }: Unit) => filesOfUnit(node));
const filesOfScripts = perItem(({ name, scripts }: Unit) => scripts.flatMap((script) => filesOfScript(script, name)));

function filesOfUnit(unit: OptionNode): readonly NamedFile[] {
  const names = new Set(unit.names().map(({ name }) => name));
  const settings = names.has("serviceConfig") ? textsBelow(unit.child("serviceConfig")) : [];
  const variables = names.has("environment") ? textsBelow(unit.child("environment")) : [];
  return [
    ...settings.flatMap(({ text, option, place }) => {
      const name = option.at(-1) ?? "";
      // With a dash before it the file may be missing.
      if (name === "EnvironmentFile") return fileAt(text, option.join("."), place);
      const source = /^LoadCredential(Encrypted)?$/.test(name) ? /^[^:]+:(\/.*)$/.exec(text)?.[1] : undefined;
      return source === undefined ? [] : fileAt(source, option.join("."), place);
    }),
    ...variables.flatMap(filesOf),
  ];
}

const SSH = /^(ssh|scp|sftp|sshfs|autossh|mosh)$/;

/** Keys and passwords that the scripts of a unit read. */
function filesOfScript(script: Host["scripts"][number], unit: string): NamedFile[] {
  if (!/\/(root|etc|var|home|srv|opt|secrets?|keys?)\//.test(script.text)) return [];
  const by = `systemd.services.${unit}`;
  return scriptCommands(script).flatMap(({ program, words }) =>
    words.slice(1).flatMap(({ text, start, end }, at) => {
      const place = script.placeOf(start, end) ?? script.place;
      const before = words[at]?.text ?? "";
      const own = /^--?([A-Za-z][\w-]*)=(.*)$/.exec(text);
      const flag = own ? own[1] : /^--?([A-Za-z][\w-]*)$/.exec(before)?.[1];
      const value = own ? (own[2] ?? "") : text;
      const isKey = flag !== undefined && (namesSecret(flag) || (flag === "i" && SSH.test(program)));
      const isShown = program === "cat" && /pass|secret|token|key|cred/i.test(text);
      return isKey || isShown ? fileAt(value, by, place) : [];
    }),
  );
}

function keysOfBuilders({ config }: Host): NamedFile[] {
  // NixOS passes over the machines unless builds are to go there.
  const asked = readBoolean(config.at("nix", "distributedBuilds"));
  if (!asked?.known || !asked.value) return [];
  const machines = config.at("nix", "buildMachines");
  return readItems(machines).items.flatMap((item, index) => {
    const key = readString(itemNode(item, [...machines.path, String(index)]).child("sshKey"));
    return key?.known ? fileAt(key.value, "nix.buildMachines", key.place) : [];
  });
}

/** The key files of disks that are opened after the initrd: the third field of /etc/crypttab. */
function keysOfDisks(host: Host): NamedFile[] {
  return crypttabLines(host).flatMap(({ key, place }) =>
    key === undefined ? [] : fileAt(key, "environment.etc.crypttab", place),
  );
}

/** Keys of encrypted datasets that the running system loads; those that the initrd loads are looked for in the initrd. */
function keysOfDatasets(host: Host): NamedFile[] {
  return datasetKeys(host).flatMap(({ path, option, place, isLoadedInInitrd }) =>
    isLoadedInInitrd ? [] : fileAt(path, option, place),
  );
}
