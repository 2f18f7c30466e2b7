import type { Place } from "../eval/origin.ts";
import type { Unknown } from "../eval/value.ts";
import type { Known, Verdict } from "./host.ts";

/*
 * Three-valued answers. "No" needs a proof, so anything that is not certain is an unknown with its reason.
 */

export const YES: Verdict = { answer: "yes" };
export const NO: Verdict = { answer: "no" };

/** The verdict "cannot tell, because …". */
export function unsure(reason: Unknown | string, place?: Place): Verdict {
  return typeof reason === "string"
    ? { answer: "unknown", why: reason, ...(place && { place }) }
    : { answer: "unknown", why: reason.why, ...((place ?? reason.place) && { place: place ?? reason.place }) };
}

/** `true`, or why it may not be so, as a verdict. */
export function certainty(certain: true | Unknown): Verdict {
  return certain === true ? YES : unsure(certain);
}

/** Yes when all are yes, no when one is no, else the first unknown. */
export function allOf(...verdicts: readonly Verdict[]): Verdict {
  return verdicts.find(({ answer }) => answer === "no") ?? verdicts.find(({ answer }) => answer === "unknown") ?? YES;
}

export function known<T>(value: T, place?: Place): Known<T> {
  return { known: true, value, place };
}

export function notKnown<T>(why: string, place?: Place): Known<T> {
  return { known: false, why, place };
}

/** Yes when one is yes, no when all are no, else the first unknown. */
export function anyOf(...verdicts: readonly Verdict[]): Verdict {
  return verdicts.find(({ answer }) => answer === "yes") ?? verdicts.find(({ answer }) => answer === "unknown") ?? NO;
}

/** A known flag as a verdict. */
export function verdictOf(flag: Known<boolean>): Verdict {
  if (!flag.known) return unsure(flag.why, flag.place);
  return flag.value ? YES : NO;
}
