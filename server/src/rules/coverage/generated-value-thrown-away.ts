import type { Host } from "../../host/host.ts";
import { readBoolean, readString } from "../../host/read-values.ts";
import { defineRule } from "../rule.ts";

/** A program makes up a key and writes it into its settings, over which NixOS writes its own at the next start. */
export const generatedValueThrownAway = defineRule({
  code: "IMP470",
  name: "generated-value-thrown-away",
  group: "coverage",
  severity: "error",
  since: "0.1.0",

  check({ host, report }) {
    for (const { service, option, value, file, effect, instead } of GENERATED) {
      if (!isOn(host, service)) continue;
      const path = [...service.split("."), ...option.split(".")];
      const set = host.config.at(...path).isDefined() === true ? readString(host.config.at(...path)) : undefined;
      if (!set?.known || set.value !== value) continue;
      report({
        at: set.place,
        message: `\`${path.join(".")}\` asks for a new value, which the program writes into its \`${file}\`. NixOS copies its own file over that one at every start, so that it is thrown away, and the next start makes another: ${effect}.`,
        help: instead,
      });
    }
  },
});

interface Generated {
  readonly service: string;
  /** Below the service. */
  readonly option: string;
  /** The word with which the program is asked to make up a value. */
  readonly value: string;
  readonly file: string;
  readonly effect: string;
  readonly instead: string;
}

const SECRET =
  'Take the value that it has made (from configuration.yaml, before the next start) and put it into secret.yaml beside it, which nobody overwrites: "!secret.yaml network_key". Persist the data directory.';

/** Settings whose modules copy them over what the program has written, read in nixpkgs. */
const GENERATED: readonly Generated[] = [
  {
    service: "services.zigbee2mqtt",
    option: "settings.advanced.network_key",
    value: "GENERATE",
    file: "configuration.yaml",
    effect:
      "the key of the network is another one after every start, and no device that was paired is reached any more",
    instead: SECRET,
  },
  ...["pan_id", "ext_pan_id"].map((name) => ({
    service: "services.zigbee2mqtt",
    option: `settings.advanced.${name}`,
    value: "GENERATE",
    file: "configuration.yaml",
    effect: "the network is another one after every start, and devices that were paired do not find it",
    instead: "Write the number that it has made into the option.",
  })),
];

function isOn({ config }: Host, service: string): boolean {
  const flag = readBoolean(config.at(...service.split("."), "enable"));
  return flag?.known === true && flag.value;
}
