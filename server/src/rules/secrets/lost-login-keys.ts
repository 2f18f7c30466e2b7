import type { Place } from "../../eval/origin.ts";
import type { Host } from "../../host/host.ts";
import { isAtOrBelow, joinPath, normalise } from "../../host/paths.ts";
import { childrenOf, isNamed, readBoolean, readString, setAt } from "../../host/read-values.ts";
import type { OptionNode } from "../../modules/option-node.ts";
import { homeFiles } from "../reading/home-files.ts";
import { isMade } from "../reading/made-files.ts";
import { normalUsers } from "../reading/normal-users.ts";
import { mayBeKeptByOwnHome } from "../reading/standalone-homes.ts";
import { isStateless } from "../reading/stateless-host.ts";
import { lossInWords, uncoveredLoss, whereInWords } from "../reading/wiped-root.ts";
import { defineRule, type RuleContext } from "../rule.ts";

/** A way to log in whose keys are files that a person makes once. */
interface Factor {
  /** The option that switches it on, for messages. */
  readonly option: string;
  readonly place: Place | undefined;
  /** Absolute for one file for all, else below each home. */
  readonly path: string;
  /** Without the file nobody gets in. */
  readonly isRequired: boolean;
  /** Where it is asked for, in words. */
  readonly where: string;
  /** Without the file everybody gets in without it. */
  readonly isSkipped: boolean;
  /** What else is to be said of the file. */
  readonly note?: string;
}

/** Where pam_u2f looks in each home. */
const KEYS_OF_U2F = ".config/Yubico/u2f_keys";

/** The secret of google-authenticator, with what it has seen. */
const PASSWORDS = ".google_authenticator";

/** The keys of a token or of one-time passwords, with which people log in, are on the root that is wiped. */
export const lostLoginKeys = defineRule({
  code: "IMP815",
  name: "lost-login-keys",
  group: "secrets",
  severity: "warning",
  since: "0.1.0",

  check(context) {
    const { host, report } = context;
    if (isStateless(host)) return;
    for (const factor of factors(host)) {
      const { path, option, place, isRequired, isSkipped, where, note = "" } = factor;
      const owners = path.startsWith("/") ? [{ name: "everybody", file: path }] : personalFiles(host, path);
      const lost = owners.filter(({ file }) => isLost(context, file));
      const [first] = lost;
      // One person of several may be the only one with a token; where it is required, everybody has one.
      if (!first || (!isRequired && lost.length < owners.length)) continue;
      const loss = uncoveredLoss(host, first.file);
      const who = lost.map(({ name }) => name).join(", ");
      const effect = isSkipped
        ? "is not asked for any more then: the password alone is enough"
        : isRequired
          ? `refuses everybody then whose key it does not know, in ${where}`
          : "does nothing then, and only the password is left";
      report({
        at: place,
        severity: isRequired && !isSkipped ? "error" : "warning",
        message: `\`${option}\` reads the keys of ${who} in \`${first.file}\`, which is ${whereInWords(loss)}. It ${lossInWords(loss)}, and \`${option.split(".").at(-1)}\` ${effect}.${note}`,
        help: helpFor(path),
        related: [{ place: loss.fate.place, message: whereInWords(loss) }],
      });
    }
  },
});

function helpFor(path: string): string {
  if (path === PASSWORDS)
    return "Let the file be in a directory that is kept (rules.auth.google_authenticator.settings.secret of the service). Do not persist it by itself: the module replaces it by a new one, which fails on a bind mount.";
  if (path.startsWith("/"))
    return "Persist the file, or name one of the configuration or of a store: the keys of u2f are public ones.";
  const folder = path.includes("/") ? path.slice(0, path.lastIndexOf("/")) : path;
  return `Persist "${folder}" in the home (mode 0700), or name one file for all that the configuration or a store holds.`;
}

function personalFiles(host: Host, path: string): { readonly name: string; readonly file: string }[] {
  return normalUsers(host).flatMap(({ name, home }) =>
    home === undefined ? [] : [{ name, file: normalise(joinPath(home, path)) }],
  );
}

/** Whether a file is lost at a reboot and nothing of the configuration makes it. */
function isLost(context: RuleContext, path: string): boolean {
  const { host } = context;
  if (/^\/(run|nix)\//.test(path) || uncoveredLoss(host, path).lost !== "yes" || isMade(host, path)) return false;
  const entries = host.stores.flatMap(({ directories, files }) => [...directories, ...files]);
  if (entries.some((entry) => isAtOrBelow(entry.path, path)) || mayBeKeptByOwnHome(context, path)) return false;
  // A secret of home-manager's sops or agenix may have any path.
  const homes = childrenOf(host.config.at("home-manager", "users"));
  const hasSecrets = homes.some(({ node }) =>
    [node.at("sops", "secrets"), node.at("age", "secrets")].some((set) => set.isDefined() !== false),
  );
  if (hasSecrets && !path.startsWith("/etc/")) return false;
  const hasIds = homes.some(({ node }) => isNamed(node.at("pam", "yubico"), "authorizedYubiKeys"));
  if (hasIds && path.endsWith("/authorized_yubikeys")) return false;
  return !homeFiles(host).some((file) => isAtOrBelow(path, file.path));
}

function factors({ config }: Host): Factor[] {
  const pam = config.at("security", "pam");
  if (pam.isDefined() === false) return [];
  const services = servicesOf(pam);
  const isOwn = (rule: string) => services.some(({ node }) => isNamed(node.at("rules", "auth"), rule));
  return [
    ...(isOwn("u2f") ? [] : u2f(pam.child("u2f"))),
    ...(isOwn("yubico") ? [] : yubico(pam.child("yubico"))),
    ...(isOwn("oath") ? [] : oath(pam.child("oath"))),
    ...oneTime(services),
  ];
}

function servicesOf(pam: OptionNode) {
  const services = pam.child("services");
  return services.isDefined() === false ? [] : childrenOf(services);
}

/** `settings.authfile`, before 24.11 `authFile`; pam_u2f looks below each home where neither is set. */
function u2f(node: OptionNode): Factor[] {
  if (!isTrue(node.child("enable"))) return [];
  // Arguments are written as they are named: pam_u2f does not know `authFile`, which was the option of NixOS.
  const file = [node.child("authFile"), node.at("settings", "authfile")].find((option) => option.isDefined() !== false);
  const named = file && readString(file);
  // With `expand` a name stands for several files.
  if (node.open() !== undefined || (named && (!named.known || named.value.includes("%")))) return [];
  const skipped = node.at("settings", "nouserok");
  const misspelt = node.at("settings", "authFile");
  const isMisspelt = misspelt.isDefined() !== false;
  const meant = isMisspelt && named === undefined ? readString(misspelt) : undefined;
  // Who names the file that is read anyway says whose it is.
  const own = meant?.known && meant.value.endsWith(`/${KEYS_OF_U2F}`) ? meant.value : KEYS_OF_U2F;
  const note = " `settings.authFile` is no argument of pam_u2f, which goes by the name `authfile`: it has no effect.";
  return factorOf(node, named?.value ?? own, skipped.isDefined() !== false && isTrue(skipped)).map((factor) =>
    isMisspelt ? { ...factor, note } : factor,
  );
}

function yubico(node: OptionNode): Factor[] {
  if (!isTrue(node.child("enable")) || node.open() !== undefined) return [];
  const mode = isNamed(node, "mode") ? readString(node.child("mode")) : undefined;
  const folder = isNamed(node, "challengeResponsePath") ? readString(node.child("challengeResponsePath")) : undefined;
  if (mode?.known === false || folder?.known === false) return [];
  const isChallenge = mode?.value === "challenge-response";
  return factorOf(node, isChallenge ? (folder?.value ?? ".yubico") : ".yubico/authorized_yubikeys", false);
}

/** pam_oath has one file for all, and is always required. */
function oath(node: OptionNode): Factor[] {
  if (!isTrue(node.child("enable")) || node.open() !== undefined) return [];
  const file = isNamed(node, "usersFile") ? readString(node.child("usersFile")) : undefined;
  if (file?.known === false) return [];
  return factorOf(node, file?.value ?? "/etc/users.oath", false).map((one) => ({ ...one, isRequired: true }));
}

/** One-time passwords of google-authenticator, by service of PAM, and always required. */
function oneTime(services: ReturnType<typeof servicesOf>): Factor[] {
  const used = services.filter(
    ({ node, certain }) =>
      certain.answer === "yes" &&
      isTrue(node.at("googleAuthenticator", "enable")) &&
      !isNamed(node.at("rules", "auth"), "google_authenticator"),
  );
  const [first] = used;
  if (!first) return [];
  const node = first.node.child("googleAuthenticator");
  const isSkipped = isNamed(node, "allowNullOTP") && isTrue(node.child("allowNullOTP"));
  const where = used.map(({ name }) => name).join(", ");
  return factorOf(node, PASSWORDS, isSkipped).map((one) => ({ ...one, isRequired: true, where }));
}

function factorOf(node: OptionNode, path: string, isSkipped: boolean): Factor[] {
  const control = isNamed(node, "control") ? readString(node.child("control")) : undefined;
  if (control?.known === false) return [];
  const isRequired = control !== undefined && /^requi(red|site)$/.test(control.value);
  const place = (isRequired ? control?.place : undefined) ?? setAt(node.child("enable"));
  const where = "login and sudo as well, unless something takes it out of them";
  return [{ option: node.path.join("."), place, path, isRequired, isSkipped, where }];
}

function isTrue(node: OptionNode): boolean {
  const flag = readBoolean(node);
  return flag?.known === true && flag.value;
}
