import diffScript from "../scripts/diff.sh";
import diffFacts from "../scripts/diff-facts.sh";
import diffFolder from "../scripts/diff-folder.sh";
import diffSubvolumes from "../scripts/diff-subvolumes.sh";
import temporarySnapshot from "../scripts/temporary-snapshot.sh";
import walk from "../scripts/walk.sh";
import type { Verb } from "../verb.ts";

/** What a host runs for every comparison, without arguments. It asks on its way, and changes nothing before it has an answer. */
export const diffScripts: Pick<Verb<unknown>, "scripts"> = {
  scripts: [walk, diffFacts, temporarySnapshot, diffSubvolumes, diffFolder, diffScript],
};
