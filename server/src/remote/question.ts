/** Something that only a person can answer, on the way into a host. */
export interface Question {
  readonly kind: /** Whether a host's key is the right one: `yes`, or the fingerprint, trusts it for ever. */
    | "host-key"
    /** The passphrase of a key on this computer. */
    | "passphrase"
    /** The password of an account, for the login or for `sudo`. */
    | "password"
    /** Anything else that ssh or the host wants to know, such as a code: an answer is good for once. */
    | "other";
  readonly host: string;
  /** The question itself; it can have several lines and hold anything, as the other side words it. */
  readonly text: string;
  /** Whether what is typed must not be shown. */
  readonly hidden: boolean;
  /** How often it was asked before in this conversation: what was answered last was not accepted. */
  readonly attempt: number;
}

/** Answers a question, or null when it is not answered: then what is being done ends. */
export type Ask = (question: Question) => Promise<string | null>;

/** What ssh means by the text that it hands to its askpass program. */
export function questionOfSsh(text: string, host: string, attempt: number): Question {
  if (/\(yes\/no(?:\/\[fingerprint\])?\)\?/.test(text)) return { kind: "host-key", host, text, hidden: false, attempt };
  return { kind: kindOf(text), host, text, hidden: true, attempt };
}

/** A code is good for one login, though some call it a password: "One-time password (OATH) for …". */
const CODE = /one[- ]?time|\b(?:t|h)?otp\b|\bcode\b|passcode|verification|token|\bpin\b|second factor|yubikey/i;

function kindOf(text: string): Question["kind"] {
  if (/^(?:Enter )?passphrase for/i.test(text)) return "passphrase";
  return /password/i.test(text) && !CODE.test(text) ? "password" : "other";
}
