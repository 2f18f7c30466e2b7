import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { RetentionPolicy } from "../../shell/retention.ts";
import { parseRetention } from "../../shell/retention-text.ts";
import { type GcSubvolume, gcPlan } from "./plan.ts";

const HOUR = 3600;
const DAY = 86_400;
const NOW = Date.UTC(2026, 10, 21, 12, 30) / 1000;

const stamp = (time: number) => {
  const [date = "", clock = ""] = new Date(time * 1000).toISOString().slice(0, 19).replaceAll(/[-:]/g, "").split("T");
  return `${date}-${clock}`;
};
const uuidOf = (id: number) => `00000000-0000-0000-0000-${String(id).padStart(12, "0")}`;

/** A read-only snapshot of `persist` that is `age` seconds old; older ones have smaller generations. */
function snapshot(id: number, age: number, more: Partial<GcSubvolume> = {}): GcSubvolume {
  const path = `snapshots/persist-${stamp(NOW - age)}`;
  return {
    ...{ index: 0, id, parentId: 260, path, bytes: path, uuid: uuidOf(id), parentUuid: uuidOf(1) },
    ...{ receivedUuid: undefined, generation: 1e9 - age, createdGeneration: 1e9 - age, created: NOW - age },
    ...{ exclusiveBytes: undefined, readOnly: true, isDefault: false, isMounted: false, ...more },
  };
}
function policyOf(text: string): RetentionPolicy {
  const parsed = parseRetention(text);
  if (!parsed.ok) throw new Error(parsed.message);
  return parsed.policy;
}
const plan = (text: string, all: readonly GcSubvolume[], now = NOW) => gcPlan(policyOf(text), all, now);
const deleted = (...given: Parameters<typeof plan>) =>
  plan(...given)
    .filter(({ action }) => action === "delete")
    .map(({ subvolume }) => subvolume.id);
/** What becomes of an old snapshot that would go, were it not for what is special about it. */
const fate = (more: Partial<GcSubvolume>, others: readonly GcSubvolume[] = []) =>
  plan("1 recent", [snapshot(300, 40 * DAY, more), snapshot(301, 2 * DAY), ...others]).find(
    ({ subvolume }) => subvolume.id === 300,
  );

describe("gcPlan", () => {
  it("deletes what the policy does not keep, and says why of everything", () => {
    const items = plan("2 recent", [snapshot(3, 3 * DAY), snapshot(1, DAY), snapshot(2, 2 * DAY)]);
    expect(items.map(({ subvolume, action, reason }) => [subvolume.id, action, reason])).toEqual([
      [1, "keep", "it is one of the 2 newest"],
      [2, "keep", "it is one of the 2 newest"],
      [3, "delete", "the policy keeps the 2 newest"],
    ]);
  });

  it("takes each folder and name for itself", () => {
    const others = [20, 30].map((days, at) =>
      snapshot(10 + at, days * DAY, { path: `snapshots/log-${stamp(NOW - days * DAY)}` }),
    );
    expect(deleted("1 recent", [snapshot(1, DAY), snapshot(2, 2 * DAY), ...others])).toEqual([11, 2]);
  });

  it.each<[string, Partial<GcSubvolume>, RegExp]>([
    ["mounted", { isMounted: true }, /mounted/],
    ["the default", { isDefault: true }, /by default/],
    ["writable", { readOnly: false }, /writable/],
    ["no snapshot", { parentUuid: undefined }, /no snapshot/],
    ["received", { receivedUuid: uuidOf(9) }, /received/],
    ["a baseline", { path: "snapshots/root-blank-20260101-000000" }, /baseline/],
    ["pinned", { path: `snapshots/persist-keep-${stamp(NOW - 40 * DAY)}` }, /to stay/],
    ["of btrbk", { path: "snapshots/persist.20261012T1230" }, /btrbk cleans up/],
    ["of snapper", { path: "persist/.snapshots/7/snapshot" }, /snapper cleans up/],
    ["of no time", { path: "snapshots/before-the-upgrade" }, /says nothing/],
    ["of a time that does not exist", { path: "snapshots/persist-20260231-000000" }, /no time that exists/],
    ["of another time than its name", { path: "snapshots/persist-20250101-000000" }, /different times/],
    ["of an unknown time", { created: undefined }, /not known/],
    ["unfinished", { path: "snapshots/.nix-impermanence-abcdefgh-1" }, /unfinished/],
  ])("leaves what is %s", (_, more, why) => {
    expect(fate(more)).toMatchObject({ action: "skip", reason: expect.stringMatching(why) });
    expect(fate({})).toMatchObject({ action: "delete" });
  });

  it("leaves what a subvolume in use was made from, and what the next incremental send starts from", () => {
    const root = snapshot(400, 0, { path: "root", parentUuid: uuidOf(300), readOnly: false, isMounted: true });
    expect(fate({}, [root])?.reason).toContain("root, which is in use");
    const copy = snapshot(401, 0, { index: 1, path: "backup/persist-x", receivedUuid: uuidOf(300) });
    expect(fate({}, [copy])).toMatchObject({ action: "keep", reason: expect.stringContaining("incremental send") });
  });

  it("leaves what is young, and what is dated in the future", () => {
    const all = [snapshot(1, 10), snapshot(2, 20), snapshot(3, -DAY), snapshot(4, 2 * DAY), snapshot(5, 3 * DAY)];
    expect(deleted("1 recent", all)).toEqual([5]);
  });

  it("judges nothing by a clock that was set", () => {
    // The one in the middle was made in this order, but says that it is a year old.
    const odd = snapshot(3, 365 * DAY, { createdGeneration: 1e9 - 3 * DAY });
    const items = plan("1 recent", [snapshot(1, DAY), snapshot(2, 2 * DAY), odd, snapshot(4, 4 * DAY)]);
    expect(items.map(({ action }) => action)).toEqual(["keep", "delete", "skip", "skip"]);
    expect(items[2]?.reason).toContain("the clock was set");
  });

  it("takes archived roots with what is inside of them, the innermost first, or leaves them", () => {
    const root = (id: number, days: number) =>
      snapshot(id, days * DAY, { path: `old_roots/root-${stamp(NOW - days * DAY)}`, readOnly: false, parentId: 270 });
    const inner = (id: number, parentId: number, more: Partial<GcSubvolume> = {}) =>
      snapshot(id, 50 * DAY, { path: `old_roots/x/${id}`, parentId, parentUuid: undefined, readOnly: false, ...more });
    const all = [root(1, 1), root(2, 40), inner(10, 2), inner(11, 10), inner(12, 2)];
    const doomed = plan("30d", all).filter(({ action }) => action === "delete");
    expect(doomed.map(({ subvolume, nested }) => [subvolume.id, nested.map(({ id }) => id)])).toEqual([
      [2, [11, 12, 10]],
    ]);
    expect(deleted("30d", [...all, inner(13, 11, { isMounted: true })])).toEqual([]);
    expect(deleted("30d", [...all, inner(13, 11, { receivedUuid: uuidOf(5) })])).toEqual([]);
  });

  it("has an end where a host says that two subvolumes lie in each other", () => {
    const loop = { path: `old_roots/root-${stamp(NOW - 40 * DAY)}`, readOnly: false };
    const all = [snapshot(1, 40 * DAY, { ...loop, parentId: 2 }), snapshot(2, 40 * DAY, { ...loop, parentId: 1 })];
    expect(plan("1 recent", all).map(({ nested }) => nested.length)).toEqual([1, 1]);
  });

  it("never takes the archived root that was made last, whatever its name says", () => {
    const path = (days: number) =>
      `old_roots/${new Date((NOW - days * DAY) * 1000).toISOString().slice(0, 19).replace("T", "_")}`;
    const all = [90, 60].map((days, at) => snapshot(1 + at, 9 + at, { path: path(days), readOnly: false }));
    expect(plan("30d", all).map(({ action }) => action)).toEqual(["keep", "keep"]);
  });
});

describe("for any snapshots, a plan", () => {
  const policies = [
    "30d",
    "5 recent + 1/week for 4 weeks + 1/month",
    "1 recent",
    "2 daily + 3 monthly",
    "24 hourly, 1 yearly",
  ];
  const subvolumes = fc
    .uniqueArray(
      fc.record({
        id: fc.integer({ min: 300, max: 400 }),
        age: fc.integer({ min: -2 * DAY, max: 800 * DAY }),
        odd: fc.constantFrom<Partial<GcSubvolume>>(
          {},
          {},
          {},
          {},
          { isMounted: true },
          { readOnly: false },
          { created: undefined },
        ),
      }),
      { selector: ({ id }) => id, maxLength: 40 },
    )
    .map((all) => all.map(({ id, age, odd }) => snapshot(id, age, odd)));

  it("says something of each, deletes nothing special, and not the newest that is good", () => {
    fc.assert(
      fc.property(subvolumes, fc.constantFrom(...policies), (all, text) => {
        const items = plan(text, all);
        expect(items.map(({ subvolume }) => subvolume.id).sort()).toEqual(all.map(({ id }) => id).sort());
        const doomed = items.filter(({ action }) => action === "delete").map(({ subvolume }) => subvolume);
        for (const one of doomed) {
          expect(one).toMatchObject({ isMounted: false, readOnly: true });
          expect(one.created).toBeLessThanOrEqual(NOW - HOUR);
          expect(items.find(({ subvolume }) => subvolume === one)?.reason).toContain("the policy keeps");
        }
        const good = all.filter(
          (one) => one.readOnly && !one.isMounted && one.created !== undefined && one.created <= NOW - HOUR,
        );
        if (good.length > 0) expect(doomed.length).toBeLessThan(good.length);
      }),
    );
  });

  it("of two of one second takes the same, whatever the order", () => {
    const all = [snapshot(1, 800 * DAY), snapshot(2, 800 * DAY), snapshot(3, DAY)];
    for (const text of policies) expect(deleted(text, all.toReversed())).toEqual(deleted(text, all));
  });

  it("that is carried out leaves nothing to do, whatever the order", () => {
    fc.assert(
      fc.property(subvolumes, fc.constantFrom(...policies), (all, text) => {
        const doomed = new Set(deleted(text, all));
        expect(new Set(deleted(text, all.toReversed()))).toEqual(doomed);
        expect(
          deleted(
            text,
            all.filter(({ id }) => !doomed.has(id)),
          ),
        ).toEqual([]);
      }),
    );
  });

  it("deletes less with a policy that keeps more", () => {
    const looser: [string, string][] = [
      ["5 recent", "9 recent"],
      ["30d", "60d"],
      ["5 recent + 1/week for 4 weeks", "5 recent + 1/week for 4 weeks + 1/month"],
      ["1/day for 7 days", "1/day for 14 days"],
    ];
    fc.assert(
      fc.property(subvolumes, fc.constantFrom(...looser), (all, [tight, loose]) => {
        const doomed = new Set(deleted(tight, all));
        for (const id of deleted(loose, all)) expect(doomed).toContain(id);
      }),
    );
  });

  it("does not take more of what is kept by number because time goes by", () => {
    fc.assert(
      fc.property(subvolumes, fc.integer({ min: 0, max: 400 * DAY }), (all, later) => {
        const settled = all.filter(({ created }) => created !== undefined && created <= NOW - HOUR);
        const text = "5 recent + 1/week for 4 weeks + 1/month";
        expect(deleted(text, settled, NOW + later)).toEqual(deleted(text, settled));
      }),
    );
  });
});
