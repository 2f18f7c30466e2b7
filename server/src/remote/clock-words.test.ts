import { expect, it } from "vitest";
import { clockWords } from "./clock-words.ts";

it("says how far clocks lie apart in the unit that tells", () => {
  const said = [45, -400, 7_199, 86_400, -5 * 86_400, 400 * 86_400, -5 * 31_556_952, 56 * 31_556_952].map(clockWords);
  expect(said).toEqual([
    ...["45 s ahead of", "7 min behind", "2 h ahead of", "24 h ahead of"],
    ...["5 days behind", "400 days ahead of", "5 years behind", "56 years ahead of"],
  ]);
});
