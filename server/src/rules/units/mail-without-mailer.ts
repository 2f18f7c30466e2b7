import type { Place } from "../../eval/origin.ts";
import type { Host } from "../../host/host.ts";
import { isNamed, nameAt, readBoolean, readString } from "../../host/read-values.ts";
import { mayBeSetElsewhere } from "../reading/unread-modules.ts";
import { defineRule } from "../rule.ts";

/** Mail that goes through NixOS' `sendmail`, on a host where nothing provides that program. */
export const mailWithoutMailer = defineRule({
  code: "IMP735",
  name: "mail-without-mailer",
  group: "units",
  severity: "warning",
  since: "0.1.0",

  check({ host, report }) {
    const senders = [...smartd(host), ...scripts(host)];
    if (senders.length === 0 || mayBeSetElsewhere(host) || hasMailer(host)) return;
    for (const { what, place } of senders) {
      report({
        at: place,
        message: `${what} with \`${SENDMAIL}\`, which does not exist on this host: no mail program that provides it is set up. What is to be told is told to nobody.`,
        help: "Set up one: programs.msmtp.enable with an account, services.nullmailer, or services.postfix.",
      });
    }
  },
});

const SENDMAIL = "/run/wrappers/bin/sendmail";

interface Sender {
  readonly what: string;
  readonly place: Place | undefined;
}

function smartd({ config }: Host): Sender[] {
  const service = config.at("services", "smartd");
  if (service.isDefined() === false || !isOn(service.child("enable"))) return [];
  const mail = service.at("notifications", "mail");
  if (!isNamed(mail, "enable") || !isOn(mail.child("enable"))) return [];
  const mailer = isNamed(mail, "mailer") ? readString(mail.child("mailer")) : undefined;
  if (mailer && !(mailer.known && mailer.value === SENDMAIL)) return [];
  return [{ what: "smartd is to send its warnings", place: nameAt(mail.child("enable")) }];
}

/** Scripts that call the wrapper by its path, and do nothing where it is not there. */
function scripts(host: Host): Sender[] {
  return host.scripts.flatMap((script): Sender[] => {
    const start = script.text.indexOf(SENDMAIL);
    if (
      start < 0 ||
      /-x\s+["']?\/run\/wrappers\/bin\/sendmail|-e\s+["']?\/run\/wrappers\/bin\/sendmail/.test(script.text)
    )
      return [];
    const place = script.placeOf(start, start + SENDMAIL.length) ?? script.place;
    return [{ what: "The script sends its mail", place }];
  });
}

/** What sets `services.mail.sendmailSetuidWrapper` unless its `setSendmail` says otherwise. */
const MAILERS = [
  ["programs", "msmtp"],
  ["programs", "ssmtp"],
  ["services", "ssmtp"],
  ["services", "postfix"],
  ["services", "nullmailer"],
  ["services", "opensmtpd"],
  ["services", "exim"],
  ["services", "mailpit"],
  ["services", "mail", "sendmailSetuidWrapper"],
  ["security", "wrappers", "sendmail"],
  ["mailserver"],
  ["services", "mailman"],
  ["services", "mailhog"],
  ["services", "dma"],
  ["networking", "defaultMailServer"],
];

/** Whether one of them is, or may be, there. */
function hasMailer({ config }: Host): boolean {
  return MAILERS.some((path) => {
    const node = config.at(...path);
    if (node.isDefined() === false) return false;
    if (!isNamed(node, "enable")) return true;
    const on = readBoolean(node.child("enable"));
    return !(on?.known && !on.value);
  });
}

function isOn(node: Host["config"]): boolean {
  const flag = readBoolean(node);
  return flag?.known === true && flag.value;
}
