import type { Unit } from "../../host/host.ts";
import { perItem } from "../../host/per-item.ts";
import { nameAt, readBoolean, readTexts, setAt } from "../../host/read-values.ts";
import { coveragePlace } from "../reading/coverage-place.ts";
import { guideWith } from "../reading/made-on-the-machine.ts";
import { isStateless } from "../reading/stateless-host.ts";
import { lossInWords, uncoveredLoss, whereInWords } from "../reading/wiped-root.ts";
import { defineRule, type RuleContext } from "../rule.ts";

const KEY = "/var/lib/systemd/credential.secret";

/** Encrypted credentials whose key is lost. */
export const lostCredentialKey = defineRule({
  code: "IMP806",
  name: "lost-credential-key",
  group: "secrets",
  severity: "warning",
  since: "0.1.0",

  check(context) {
    const { host } = context;
    if (isStateless(host)) return;
    reportLibvirt(context);
    const [unit] = withCredentials(host.units);
    const loss = unit ? uncoveredLoss(host, KEY) : undefined;
    if (!unit || loss?.lost !== "yes") return;
    const setting = ["LoadCredentialEncrypted", "SetCredentialEncrypted"].map((name) =>
      unit.node.at("serviceConfig", name),
    );
    const option = setting.find((node) => node.isDefined() === true);
    const guide = guideWith(host, /systemd-creds[^\n]*--with-key=tpm2\b/);
    context.report({
      severity: guide === undefined ? "warning" : "information",
      at: (option && nameAt(option)) ?? coveragePlace(host),
      message: `\`${unit.name}.service\` has encrypted credentials, and the host's key for them is \`${KEY}\`, ${whereInWords(loss)}. It ${lossInWords(loss)}: credentials that systemd-creds sealed with it (--with-key=host, or auto) cannot be decrypted any more, and the service does not start.${guide === undefined ? "" : ` \`${guide}\` has them sealed with the TPM alone (--with-key=tpm2): those do not need the key.`}`,
      help: `Persist "${KEY}", or all of /var/lib/systemd; or seal credentials with the TPM alone (--with-key=tpm2).`,
      related: [{ place: loss.fate.place, message: whereInWords(loss) }],
    });
  },
});

/** What libvirt encrypts its secrets with, itself encrypted as a credential; its daemon does not start without. */
const LIBVIRT = "/var/lib/libvirt/secrets/secrets-encryption-key";

/**
 * libvirt of NixOS 26.05 makes a key once and seals it with the host's key for credentials. On a root in memory systemd
 * takes the TPM instead.
 */
function reportLibvirt({ host, report }: RuleContext): void {
  const { config, release } = host;
  const enable = config.at("virtualisation", "libvirtd", "enable");
  const flag = enable.isDefined() === false ? undefined : readBoolean(enable);
  if (!flag?.known || !flag.value || release.nixos === undefined || release.nixos < "26.05") return;
  const kept = host.fateOf(LIBVIRT);
  const loss = uncoveredLoss(host, KEY);
  if (host.ephemeralRoot.kind === "tmpfs" || kept.survives.answer !== "yes" || loss.lost !== "yes") return;
  report({
    at: kept.persisted?.place ?? setAt(enable),
    message: `libvirt keeps its secrets under a key of its own (\`${LIBVIRT}\`), which is kept, and which systemd has sealed with the host's key \`${KEY}\`, ${whereInWords(loss)}. It ${lossInWords(loss)}: after a reboot the first cannot be decrypted any more, and libvirtd does not start ("Decryption failed", 243/CREDENTIALS).`,
    help: `Persist "${KEY}", or all of /var/lib/systemd. What is sealed with a lost key has to be deleted once: libvirt makes another.`,
    related: [{ place: loss.fate.place, message: whereInWords(loss) }],
  });
}

/** The services that certainly have encrypted credentials. */
const withCredentials = perItem((unit: Unit): readonly Unit[] => {
  if (unit.stage !== "system" || unit.certain.answer !== "yes") return [];
  const config = unit.node.child("serviceConfig");
  const isEncrypted = ["LoadCredentialEncrypted", "SetCredentialEncrypted"].some(
    (name) => config.child(name).isDefined() === true && namesCredential(readTexts(config.child(name)).texts),
  );
  return isEncrypted ? [unit] : [];
});

/** An empty text takes away what the unit of a package has. */
function namesCredential(texts: readonly { readonly text: string }[]): boolean {
  return texts.some(({ text }) => text.trim() !== "");
}
