import { parentPath } from "../../eval/path-name.ts";
import type { Host } from "../../host/host.ts";
import { isAtOrBelow, joinPath, normalise } from "../../host/paths.ts";
import { childrenOf, nameAt, readBoolean, readString, readTexts } from "../../host/read-values.ts";
import { homeOf } from "../../host/user-home.ts";
import type { OptionNode } from "../../modules/option-node.ts";
import { homeFiles } from "../reading/home-files.ts";
import { isPutThere } from "../reading/made-files.ts";
import { persistFix } from "../reading/persist-fix.ts";
import type { Identity } from "../reading/secret-identities.ts";
import { isStateless } from "../reading/stateless-host.ts";
import { lossInWords, severityOfLoss, uncoveredLoss, whereInWords } from "../reading/wiped-root.ts";
import { defineRule } from "../rule.ts";

/** A person's sops-nix or agenix in home-manager decrypts with keys of which none outlives a reboot. */
export const lostHomeIdentity = defineRule({
  code: "IMP816",
  name: "lost-home-identity",
  group: "secrets",
  severity: "error",
  since: "0.1.0",

  check(context) {
    const { host } = context;
    if (isStateless(host)) return;
    for (const { user, home, tool, identities, makesKey, secrets } of homeManagers(host)) {
      const [first] = identities;
      if (!first || !identities.every(({ path }) => isLost(host, path))) continue;
      const loss = uncoveredLoss(host, first.path);
      const others = identities.slice(1).map(({ path }) => ` or \`${path}\``);
      const consequence = makesKey
        ? "a new key is made then, for which nothing is encrypted"
        : "there is no key then, and where there is no other copy of it the secrets are lost for good";
      context.report({
        at: first.place ?? nameAt(secrets),
        severity: severityOfLoss(host, loss.hypothetical, "error"),
        message: `In the home of ${user}, ${tool} decrypts with \`${first.path}\`${others.join("")}, which is ${whereInWords(loss)}. It ${lossInWords(loss)}: ${consequence}. The secrets of ${user} are not there after a reboot.`,
        help: `Persist the directory with the key (mode 0700), or name a key in a store that ${user} can read.`,
        related: [{ place: loss.fate.place, message: whereInWords(loss) }],
        fixes: () => {
          const folder = parentPath(first.path);
          if (folder === home || !isAtOrBelow(folder, home)) return [];
          const owner = { user, group: user === "root" ? "root" : "users" };
          return persistFix(context, [{ kind: "directory", path: folder, ...owner, mode: "0700" }]);
        },
      });
    }
  },
});

interface HomeManager {
  readonly user: string;
  readonly home: string;
  readonly tool: "agenix" | "sops-nix";
  /** All keys that it tries; completely known. */
  readonly identities: readonly Identity[];
  readonly makesKey: boolean;
  /** The option with the secrets. */
  readonly secrets: OptionNode;
}

/** The persons' secret managers whose keys are completely known. */
function homeManagers({ config }: Host): readonly HomeManager[] {
  const users = config.at("home-manager", "users");
  if (users.isDefined() === false) return [];
  return childrenOf(users).flatMap(({ name, node, certain }): HomeManager[] => {
    const home = certain.answer === "yes" ? homeOf(config, name) : undefined;
    if (!home?.known) return [];
    return [sops(name, home.value, node), agenix(name, home.value, node)].filter((found) => found !== undefined);
  });
}

function hasSecrets(secrets: OptionNode): boolean {
  return secrets.isDefined() !== false && childrenOf(secrets).some(({ certain }) => certain.answer === "yes");
}

function sops(user: string, home: string, own: OptionNode): HomeManager | undefined {
  const root = own.child("sops");
  const secrets = root.child("secrets");
  if (!hasSecrets(secrets)) return undefined;
  // With GnuPG an agent or a card may hold the key.
  if (["home", "sshKeyPaths"].some((name) => root.at("gnupg", name).isDefined() !== false)) return undefined;
  const age = root.child("age");
  // A key of a plugin stands for a card or a chip.
  if (age.child("plugins").isDefined() !== false) return undefined;
  const keyFile = age.child("keyFile").isDefined() === false ? undefined : readString(age.child("keyFile"));
  const keys = pathsAt(age.child("sshKeyPaths"));
  if (keyFile?.known === false || !keys || (keyFile && !keyFile.value.startsWith("/"))) return undefined;
  const option = [...age.path, "keyFile"];
  const file = keyFile ? [{ path: normalise(keyFile.value), place: keyFile.place, option, isList: false }] : [];
  const flag = readBoolean(age.child("generateKey"));
  const makesKey = flag?.known === true && flag.value;
  return { user, home, tool: "sops-nix", identities: [...file, ...keys], makesKey, secrets };
}

function agenix(user: string, home: string, own: OptionNode): HomeManager | undefined {
  const root = own.child("age");
  const secrets = root.child("secrets");
  const option = root.child("identityPaths");
  if (!hasSecrets(secrets) || root.child("rekey").isDefined() !== false) return undefined;
  const usual = ["id_ed25519", "id_rsa"].map(
    (name): Identity => ({
      path: joinPath(home, `.ssh/${name}`),
      place: undefined,
      option: option.path,
      isList: true,
    }),
  );
  const identities = option.isDefined() === false ? usual : pathsAt(option);
  return identities && { user, home, tool: "agenix", identities, makesKey: false, secrets };
}

/** The paths of a list; undefined where one of them is not known. */
function pathsAt(option: OptionNode): readonly Identity[] | undefined {
  if (option.isDefined() === false) return [];
  const { texts, open } = readTexts(option);
  if (open.length > 0 || texts.some(({ text, certain }) => certain.answer !== "yes" || !text.startsWith("/")))
    return undefined;
  return texts.map(({ text, place }) => ({ path: normalise(text), place, option: option.path, isList: true }));
}

/** Whether a key is lost at a reboot and nothing of the configuration puts it there again. */
function isLost(host: Host, path: string): boolean {
  if (!path.startsWith("/") || /^\/(run|nix|etc\/ssh)\//.test(path)) return false;
  if (uncoveredLoss(host, path).lost !== "yes" || isPutThere(host, path)) return false;
  const entries = host.stores.flatMap(({ directories, files }) => [...directories, ...files]);
  return (
    !entries.some((entry) => isAtOrBelow(entry.path, path)) &&
    !homeFiles(host).some((file) => isAtOrBelow(path, file.path))
  );
}
