import type { Place } from "../../eval/origin.ts";
import { isWithin, parentPath } from "../../eval/path-name.ts";
import type { Host } from "../../host/host.ts";
import { readBoolean, readString } from "../../host/read-values.ts";
import { known } from "../../host/verdict.ts";
import { type DeclaredSecret, declaredSecrets, encryptedFile } from "../reading/declared-secrets.ts";
import { nearestName } from "../reading/nearest-name.ts";
import { readSopsFile, type SopsKeys } from "../reading/sops-file.ts";
import { defineRule } from "../rule.ts";

/** A secret that its encrypted file does not hold, or whose file is not there or not encrypted. */
export const missingEncryptedSecret = defineRule({
  code: "IMP814",
  name: "missing-encrypted-secret",
  group: "secrets",
  severity: "error",
  since: "0.1.0",

  check({ host, report }) {
    const said = new Set<string>();
    const folder = parentPath(host.entry);
    for (const secret of declaredSecrets(host)) {
      const file = encryptedFile(host, secret);
      // What lies elsewhere may be made on the machine that builds.
      if (!file || !isWithin(file.path, folder)) continue;
      const { state, text = "" } = host.beside(file.path);
      const name = file.path.slice(folder === "/" ? 1 : folder.length + 1);
      if (state === "missing" && !said.has(file.path)) {
        said.add(file.path);
        report({
          at: (file.isPath ? file.place : undefined) ?? secret.place ?? file.place,
          message: `\`${name}\`, from which the secret \`${secret.name}\` is to come, does not exist: ${withoutFile(host, secret.tool, file.isPath)}.`,
          help: "Correct the path, or make the file and add it to git: a flake sees only what git knows.",
        });
      }
      if (state !== "read" || secret.tool !== "sops-nix") continue;
      const problem = problemOf(host, secret, text, file.path);
      if (!problem || (problem.isOfFile && said.has(file.path))) continue;
      if (problem.isOfFile) said.add(file.path);
      report({
        at: problem.place ?? secret.place,
        severity: problem.isOfFile ? "warning" : "error",
        message: problem.message(`\`${name}\``),
        help: problem.help(`\`${name}\``),
        related: file.place === secret.place ? [] : [{ place: file.place, message: "the file is named here" }],
      });
    }
  },
});

/** Whether sops-nix looks into its files when the system is built. */
function isValidated({ config }: Host): boolean {
  const flag = readBoolean(config.at("sops", "validateSopsFiles"));
  return !flag?.known || flag.value;
}

/** What comes of a file that is not there. */
function withoutFile(host: Host, tool: DeclaredSecret["tool"], isPath: boolean): string {
  // agenix takes any text for a file, and sops-nix one that it is told not to validate.
  if (isPath || (tool === "sops-nix" && isValidated(host))) return "the configuration does not evaluate";
  return tool === "agenix"
    ? "agenix warns when the system is activated, and what reads the secret finds none"
    : "sops-nix fails when the system is activated, and no secret is decrypted";
}

interface Problem {
  readonly isOfFile: boolean;
  readonly place: Place | undefined;
  message(file: string): string;
  help(file: string): string;
}

function problemOf(host: Host, secret: DeclaredSecret, text: string, path: string): Problem | undefined {
  const { config } = host;
  const format = readString(secret.node.child("format")) ?? readString(config.at("sops", "defaultSopsFormat"));
  if (format && (!format.known || (format.value !== "yaml" && format.value !== "json"))) return undefined;
  const isJson = format?.known === true && format.value === "json";
  const { keys, isEncrypted } = readSopsFile(text, isJson || text.trimStart().startsWith("{") ? "json" : "yaml");
  if (!keys || keys.size === 0) return undefined;
  if (!isEncrypted) {
    // Something else may encrypt it in git, or fill it in.
    if (!/\.ya?ml$|\.json$/.test(path) || [...keys.values()].every((value) => value !== "text")) return undefined;
    return {
      isOfFile: true,
      place: undefined,
      message: (file) =>
        `${file} is not encrypted: it has no part of sops in it. sops-nix cannot decrypt it, no service gets a secret from it, and as it is, it is in the Nix store for everybody to read.`,
      help: (file) => `Encrypt it (sops encrypt --in-place ${file.replaceAll("`", "")}), and change what was in it.`,
    };
  }
  const own = readString(secret.node.child("key"));
  const key = own ?? readString(config.at("sops", "defaultSopsKey")) ?? known(secret.name);
  if (!key.known || key.value === "") return undefined;
  const found = lookUp(keys, key.value);
  if (found === "text" || found === "other") return undefined;
  const names = [...namesIn(keys)];
  const near = nearestName(key.value, names);
  return {
    isOfFile: false,
    place: own?.place,
    message: (file) =>
      found === undefined
        ? `${file} has no \`${key.value}\`, which the secret \`${secret.name}\` is to be: ${isValidated(host) ? "sops-nix looks when the system is built, and stops the build" : "as sops.validateSopsFiles does not let the build look, it fails when the system is activated, and no secret is decrypted"} ("the key '${key.value}' cannot be found").`
        : `\`${key.value}\` in ${file} is not one secret but a set of them (${[...found.keys()].slice(0, 3).join(", ")}…): ${isValidated(host) ? "sops-nix stops the build" : "sops-nix fails when the system is activated"}.`,
    help: (file) =>
      `${near === undefined || found ? "" : `Did you mean \`${near}\`? Otherwise `}${near === undefined || found ? "A" : "a"}dd it to ${file} with sops, or name the file and the key where it is (sops.secrets.<name>.sopsFile and key).`,
  };
}

/** What stands under a key, with a slash for each level. */
function lookUp(keys: SopsKeys, key: string): SopsKeys | "text" | "other" | undefined {
  const slash = key.indexOf("/");
  if (slash < 0) return keys.get(key);
  const below = keys.get(key.slice(0, slash));
  if (below === undefined || below === "text") return undefined;
  return below === "other" ? "other" : lookUp(below, key.slice(slash + 1));
}

function* namesIn(keys: SopsKeys, above = ""): Iterable<string> {
  for (const [key, value] of keys) {
    if (above === "" && key === "sops") continue;
    if (typeof value === "string") yield above + key;
    else yield* namesIn(value, `${above}${key}/`);
  }
}
