import type { Host, Script } from "../../host/host.ts";
import { isAtOrBelow, normalise } from "../../host/paths.ts";
import { childrenOf, readString, readStringOrNull } from "../../host/read-values.ts";
import { scriptsOf } from "../../host/script.ts";
import type { OptionNode } from "../../modules/option-node.ts";
import { scriptCommands } from "./script-commands.ts";
import { tmpfilesRules } from "./tmpfiles.ts";

/** Whether a service keeps a file as its own state, a tool of secrets puts it there, or tmpfiles or a script makes it. */
export function isMade(host: Host, path: string): boolean {
  const isState = host.services.some(({ state }) => state.some((own) => isAtOrBelow(path, own.path)));
  return isState || isPutThere(host, path);
}

/** Whether a tool of secrets puts a file there, or tmpfiles or a script makes it. */
export function isPutThere(host: Host, path: string): boolean {
  const secrets = [
    host.config.at("age", "secrets"),
    host.config.at("sops", "secrets"),
    host.config.at("sops", "templates"),
  ];
  return (
    childrenOf(host.config.at("boot", "initrd", "secrets")).some(
      ({ name, node }) => normalise(name) === path && !isItself(node),
    ) ||
    secrets.some((set) =>
      childrenOf(set).some(({ node }) => {
        const own = readString(node.child("path"));
        return own !== undefined && (!own.known || normalise(own.value) === path);
      }),
    ) ||
    isWrittenByResolvconf(host, path) ||
    tmpfilesRules(host).some(({ type, path: made }) => /^[fFCLw]/.test(type) && isAtOrBelow(path, made)) ||
    host.scripts.some((script) => mayWrite(script, path))
  );
}

/** openresolv writes a configuration for each resolver whose file it is told: `unbound_conf=/etc/…`, `dnsmasq_resolv=…`. */
function isWrittenByResolvconf({ config }: Host, path: string): boolean {
  const option = config.at("networking", "resolvconf", "extraConfig");
  if (option.isDefined() === false) return false;
  return scriptsOf(option).some(({ text }) =>
    [...text.matchAll(/^\s*\w+=["']?(\/[^\s"']+)/gm)].some(([, file = ""]) => normalise(file) === path),
  );
}

/** A secret of the initrd that is null is the file of that name on the host, which nothing makes by that. */
function isItself(node: OptionNode): boolean {
  const source = readStringOrNull(node);
  return source?.known === true && source.value === null;
}

/** Programs that only read the files that they are given. */
const READERS =
  /^(cat|head|tail|grep|test|\[|\[\[|ssh|scp|sftp|sshfs|autossh|restic|borg|rclone|curl|export|read|stat|base64)$/;

/** Programs that make keys and passwords, in whatever folder they are called. */
const MAKERS = /keygen|genkey|genpsk|openssl|certificate-gen|certtool|mkcert|step ca|random|uuidgen/;

/** Whether a script may be what makes a file. */
function mayWrite(script: Script, path: string): boolean {
  const folder = path.slice(0, path.lastIndexOf("/"));
  if (folder.split("/").length > 2 && MAKERS.test(script.text) && script.text.includes(folder)) return true;
  if (!script.text.includes(path)) return false;
  if (new RegExp(`>\\s*["']?${path.replace(/[^\w/]/g, "\\$&")}`).test(script.text)) return true;
  const uses = scriptCommands(script).filter(({ words }) => words.some(({ text }) => text.includes(path)));
  return (
    uses.length === 0 ||
    uses.some(
      ({ program, words }) => !READERS.test(program) || (/^(scp|sftp)$/.test(program) && words.at(-1)?.text === path),
    )
  );
}
