/**
 * When revisions of impermanence were made that its main branch has stood at for long, in seconds since 1970: an address may
 * name one, and then needs no lock file. Source of truth: `lastModified` in lock files of public flakes.
 */
const REVISIONS: ReadonlyMap<string, number> = new Map([
  ["4b3e914cdf97a5b536a889e939fb2fd2b043a170", 1_737_831_083],
  ["82e5bc4508cab9e8d5a136626276eb5bbce5e9c5", 1_767_822_991],
  ["7b1d382faf603b6d264f58627330f9faa5cba149", 1_769_548_169],
]);

/** When the revision was made that the address of an input names; undefined where it names none, or one not known here. */
export function revisionTime(url: string | undefined): number | undefined {
  const rev = /(?:\/|[?&]rev=)([0-9a-f]{40})(?=$|[?&/])/.exec(url ?? "")?.[1];
  return rev === undefined ? undefined : REVISIONS.get(rev);
}
