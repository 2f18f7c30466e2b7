import stringWidth from "fast-string-width";

/** How many columns of a terminal a text takes. What is plain ASCII, as most is, is not looked at piece by piece. */
export function textWidth(text: string): number {
  return /^[ -~]*$/.test(text) ? text.length : stringWidth(text);
}
