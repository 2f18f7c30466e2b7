import type { FileSystem, Host } from "../../host/host.ts";
import { isAtOrBelow, normalise } from "../../host/paths.ts";
import { isMade } from "../reading/data-paths.ts";
import { isStateless } from "../reading/stateless-host.ts";
import { lossInWords, uncoveredLoss, whereInWords } from "../reading/wiped-root.ts";
import { defineRule } from "../rule.ts";

/** A bind mount of the configuration that shows a directory that is lost. */
export const bindMountOfWipedDirectory = defineRule({
  code: "IMP428",
  name: "bind-mount-of-wiped-directory",
  group: "coverage",
  severity: "warning",
  since: "0.1.0",

  check({ host, report }) {
    if (isStateless(host)) return;
    for (const fs of host.fileSystems) {
      const source = boundFrom(fs);
      if (source === undefined || isMade(source) || isMade(fs.mountpoint) || isSaid(host, fs, source)) continue;
      const loss = uncoveredLoss(host, source);
      if (loss.lost !== "yes" || uncoveredLoss(host, fs.mountpoint).lost !== "yes") continue;
      report({
        at: fs.place,
        message: `\`${fs.mountpoint}\` is a bind mount of \`${source}\`, ${whereInWords(loss)}: a mount of its own keeps nothing. What is in it ${lossInWords(loss)}.`,
        help: `Bind a directory of a store or of a filesystem that nothing wipes, or persist \`${source}\`.`,
        related: [{ place: loss.fate.place, message: whereInWords(loss) }],
      });
    }
  },
});

function boundFrom({ certain, options, device }: FileSystem): string | undefined {
  const has = (text: string) => options.some((option) => option.text === text && option.certain);
  if (certain.answer !== "yes" || !(has("bind") || has("rbind")) || has("ro")) return undefined;
  return device.known && device.value.startsWith("/") ? normalise(device.value) : undefined;
}

/** What a service keeps there is its own matter, where it is told so. */
function isSaid(host: Host, { mountpoint }: FileSystem, source: string): boolean {
  return host.services.some(
    ({ enabled, state }) =>
      enabled.answer === "yes" &&
      state.some(
        ({ path, kind }) =>
          kind === "state" && [mountpoint, source].some((at) => isAtOrBelow(path, at) || isAtOrBelow(at, path)),
      ),
  );
}
