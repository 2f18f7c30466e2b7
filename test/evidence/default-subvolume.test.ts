import { expect, it } from "vitest";
import { inSandbox } from "./sandbox.ts";

it("R10 (a rollback that mounts the default subvolume): once it is another one, the script makes a root inside of it", () => {
  const seen = inSandbox(`
    make_btrfs root
    first_mount subvolid=5 top
    touch top/root/dirt
    fact "by default" "$(cd top; echo *)"
    # IMP116: the top level, not the subvolume.
    next_mount defaults plain
    fact "without subvol=" "$(cd plain; echo *)"
    btrfs subvolume set-default top/root
    next_mount defaults again
    fact "after set-default" "$(cd again; echo *)"
    # What such scripts do when they find no root.
    [ -e again/root ] && mv again/root again/old
    btrfs subvolume create again/root > /dev/null
    fact made "$(subvolumes_of top)"
    fact "the root" "$(cd top/root; echo *)"
    next_mount subvolid=5 named
    fact "by its number" "$(cd named; echo *)"`);
  expect(seen["by default"]).toBe("root");
  expect(seen["without subvol="]).toBe("root");
  expect(seen["after set-default"]).toBe("dirt");
  expect(seen.made).toBe("root root/root");
  expect(seen["the root"]).toBe("dirt root");
  expect(seen["by its number"]).toBe("root");
});
