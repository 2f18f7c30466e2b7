import type { Place } from "../../eval/origin.ts";
import { Unknown } from "../../eval/value.ts";
import type { Host } from "../../host/host.ts";
import { perItem } from "../../host/per-item.ts";
import { type Child, childrenOf, isNamed, readItems } from "../../host/read-values.ts";
import type { OptionNode } from "../../modules/option-node.ts";
import { defineRule, type RuleContext } from "../rule.ts";

/** A file of the machine that is read while a flake is evaluated, for an option that every host evaluates. */
export const fileOutsideFlake = defineRule({
  code: "IMP015",
  name: "file-outside-flake",
  group: "modules",
  severity: "warning",
  since: "0.1.0",

  check(context) {
    const { host, report } = context;
    // Without a flake Nix reads what it is told to.
    if (!host.entry.endsWith("/flake.nix")) return;
    const said = new Set<string>();
    for (const { option, path, place } of filesRead(host)) {
      const key = `${place.file}:${place.start}`;
      if (said.has(key) || !isWritten(context, place, path)) continue;
      said.add(key);
      report({
        at: place,
        message: `\`${option}\` is made of \`${path}\` while the host is evaluated, and a flake is evaluated without the files of the machine: "access to absolute path '${path}' is forbidden in pure evaluation mode". With --impure it is what the machine has that builds the host, which is another one on an installer or on a build server.`,
        help: "Write the value into the configuration, or name a file that is read on the running host.",
      });
    }
  },
});

interface FileRead {
  readonly option: string;
  readonly path: string;
  readonly place: Place;
}

/** Options that are evaluated on every host, whatever is switched on. */
function filesRead({ config }: Host): FileRead[] {
  const network = config.child("networking");
  return [
    ...["hostId", "hostName", "domain"].flatMap((name) =>
      isNamed(network, name) ? ofOption(network.child(name)) : [],
    ),
    ...ofUsers(childrenOf(config.at("users", "users"))),
    ...ofEtc(childrenOf(config.at("environment", "etc"))),
    ...readItems(config.at("boot", "kernelParams")).items.flatMap(({ value }) => ofValue("boot.kernelParams", value)),
  ];
}

const PASSWORDS = ["hashedPassword", "initialHashedPassword", "password", "initialPassword"];

const ofUsers = perItem(({ node, certain }: Child) => {
  if (certain.answer !== "yes") return [];
  const passwords = PASSWORDS.flatMap((name) => (isNamed(node, name) ? ofOption(node.child(name)) : []));
  if (!isNamed(node, "openssh")) return passwords;
  const keys = node.at("openssh", "authorizedKeys", "keys");
  return [...passwords, ...readItems(keys).items.flatMap(({ value }) => ofValue(keys.path.join("."), value))];
});

const ofEtc = perItem(({ node, certain }: Child) =>
  certain.answer === "yes" && isNamed(node, "text") ? ofOption(node.child("text")) : [],
);

/** A definition that may not hold, or that another one may win over, says nothing. */
function ofOption(node: OptionNode): FileRead[] {
  const definitions = node.definitions();
  if (definitions.length !== 1 || definitions[0]?.condition !== true) return [];
  return ofValue(node.path.join("."), node.value());
}

function ofValue(option: string, value: unknown): FileRead[] {
  if (!(value instanceof Unknown) || value.place === undefined) return [];
  const path = OUTSIDE.exec(value.why)?.[1];
  return path === undefined ? [] : [{ option, path, place: value.place }];
}

/**
 * What reading a file says that is not in the workspace, or not in the opened folder above it, for folders that no repository
 * is in.
 */
const OUTSIDE =
  /^(?:there is no file )?[`'](\/(?:etc|persist|proc|root|run|sys|var)\/[^`']+)[`'](?: lies outside the workspace)?$/;

/**
 * Whether the path stands in the call that reads it: a relative one may lead out of an opened folder, and stay in the flake.
 * Asking whether such a path exists is no mistake: in a flake it does not.
 */
function isWritten({ program }: RuleContext, { file, start, end }: Place, path: string): boolean {
  const call = program(file)?.text.slice(start, end) ?? "";
  return call.includes(path) && /\b(readFile|fileContents|importJSON|importTOML)\b/.test(call);
}
