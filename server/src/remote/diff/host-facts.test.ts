import { expect, it } from "vitest";
import { readHostFacts } from "./host-facts.ts";

it("the empty /tmp of the script is no mount of the host, whether it was there already or not", () => {
  const of = (...mounts: string[]) =>
    readHostFacts("web1", [
      { kind: "user", rest: "0\x1froot" },
      { kind: "known", rest: mounts.map((line) => `m36 1 0:30 ${line}`).join("\n") },
    ]).mounts.map(({ mountPoint, source }) => `${source} ${mountPoint}`);
  const own = "/ /tmp rw - tmpfs nix-impermanence rw,mode=700";
  expect(of("/ / rw - tmpfs none rw", own)).toEqual(["none /"]);
  expect(of("/ / rw - tmpfs none rw", "/ /tmp rw - tmpfs tmpfs rw", own)).toEqual(["none /", "tmpfs /tmp"]);
});
