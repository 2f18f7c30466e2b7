import { defineRule } from "../rule.ts";

/** A comment to the checker that cannot be followed. Told by `ide/suppressions`: comments belong to files, not hosts. */
export const invalidSuppression = defineRule({
  code: "IMP021",
  name: "invalid-suppression",
  group: "checker",
  severity: "warning",
  since: "0.1.0",

  check() {},
});
