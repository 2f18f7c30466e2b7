import { defineRule } from "../rule.ts";

/** A comment that allows what is not found. Told by `ide/suppressions`: only once all hosts are checked it is known. */
export const unusedSuppression = defineRule({
  code: "IMP020",
  name: "unused-suppression",
  group: "checker",
  severity: "information",
  since: "0.1.0",

  check() {},
});
