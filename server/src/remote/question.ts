/** Something that only a person can answer, on the way into a host. */
export interface Question {
  readonly kind: /** Whether a host's key is the right one: `yes`, or the fingerprint, trusts it for ever. */
    | "host-key"
    /** The passphrase of a key on this computer. */
    | "passphrase"
    /** The password of an account, for the login or for `sudo`. */
    | "password"
    /** Anything else that ssh or the host wants to know, such as a code. */
    | "other";
  readonly host: string;
  /** The question itself; it can have several lines and hold anything, as the other side words it. */
  readonly text: string;
  /** Whether what is typed must not be shown. */
  readonly hidden: boolean;
  /** How often it was asked before in this conversation: the last answer was wrong. */
  readonly attempt: number;
}

/** Answers a question, or null when it is not answered: then what is being done ends. */
export type Ask = (question: Question) => Promise<string | null>;

/** What ssh means by the text that it hands to its askpass program. */
export function questionOfSsh(text: string, host: string, attempt: number): Question {
  if (/\(yes\/no(?:\/\[fingerprint\])?\)\?/.test(text)) return { kind: "host-key", host, text, hidden: false, attempt };
  const kind = /^(?:Enter )?passphrase for/i.test(text) ? "passphrase" : /password/i.test(text) ? "password" : "other";
  return { kind, host, text, hidden: true, attempt };
}
