// Written by `npm run generate`: every rule that has a page beside it.
import type { Rule } from "./rule.ts";

/** All rules, by code. */
export const rules: readonly Rule[] = [];
