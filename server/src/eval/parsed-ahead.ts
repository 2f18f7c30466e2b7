import type { AheadProgram } from "./ahead-program.ts";

/**
 * Programs of our own Nix texts, by path. Nothing is in it when the
 * sources are run as they are; `scripts/build.mjs` puts a filled one in its place, because reading JSON takes a tenth
 * of the time that parsing Nix takes, and no check goes without the library.
 */
export const parsedAhead: Readonly<Record<string, AheadProgram>> = {};
