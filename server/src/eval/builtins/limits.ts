import { budget } from "../budget.ts";
import { NixError } from "../nix-error.ts";
import type { Site } from "../origin.ts";
import { placeOf } from "../origin.ts";

/** The longest list or largest set that is made. An element takes some 150 bytes before it is computed. */
const MAX_ELEMENTS = 2_000_000;
/** The longest string, in UTF-16 units. */
const MAX_TEXT = 32 * 1024 * 1024;

/** Pays for `count` list elements or attributes before they are made, `before` of them being there already. */
export function chargeElements(count: number, at: Site | undefined, before = 0): void {
  if (before + count > MAX_ELEMENTS) {
    throw new NixError("budget", "a list or set grows beyond 2 million elements", at && placeOf(at));
  }
  budget.fuel -= count;
  if (budget.fuel < 0) {
    throw new NixError("budget", "the evaluation takes too many steps", at && placeOf(at));
  }
}

/** Pays for a list or set of `count` elements that are there already, as `++` and `//` make them. */
export function chargeCopies(count: number, at: Site | undefined): void {
  if (count < 64) return;
  chargeElements(0, at, count);
  budget.fuel -= count >> 4;
}

/** Pays for `added` characters of a text that is `total` long with them. */
export function chargeText(added: number, total: number, at: Site | undefined): void {
  if (total > MAX_TEXT) {
    throw new NixError("budget", "a string grows beyond 32 MB", at && placeOf(at));
  }
  budget.fuel -= 1 + (added >> 6);
  if (budget.fuel < 0) {
    throw new NixError("budget", "the evaluation takes too many steps", at && placeOf(at));
  }
}
