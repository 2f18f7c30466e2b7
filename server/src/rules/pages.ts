// Written by `npm run generate`: the pages of the rules.

/** The Markdown page of each rule, by code. */
export const pages: ReadonlyMap<string, string> = new Map([]);
