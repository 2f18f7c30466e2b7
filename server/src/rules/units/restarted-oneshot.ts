import type { Unit } from "../../host/host.ts";
import { perItem } from "../../host/per-item.ts";
import { isNamed, readString } from "../../host/read-values.ts";
import { defineRule, type Report } from "../rule.ts";

/** What systemd does not take together with `Type=oneshot`. Source of truth: service_verify() of systemd. */
const REFUSED = new Set(["always", "on-success"]);

/** A service that ends by itself, and is to be started again whenever it does. */
export const restartedOneshot = defineRule({
  code: "IMP717",
  name: "restarted-oneshot",
  group: "units",
  severity: "error",
  since: "0.1.0",

  check({ host, report }) {
    for (const refused of refusedUnits(host.units)) report(refused);
  },
});

const refusedUnits = perItem(({ name, certain, node }: Unit): readonly Report[] => {
  if (certain.answer !== "yes" || !isNamed(node, "serviceConfig")) return [];
  const config = node.child("serviceConfig");
  if (!isNamed(config, "Type") || !isNamed(config, "Restart")) return [];
  const type = readString(config.child("Type"));
  const restart = readString(config.child("Restart"));
  if (!type?.known || type.value !== "oneshot" || !restart?.known || !REFUSED.has(restart.value)) return [];
  return [
    {
      at: restart.place,
      message: `systemd refuses \`${name}.service\`: \`Restart=${restart.value}\` is not allowed with \`Type=oneshot\`. The service never runs, and nothing but a line in the journal says so.`,
      help: 'Use Restart = "on-failure", a timer for what shall run again and again, or leave out Type = "oneshot" for what runs all the time.',
      related: [{ place: type.place, message: "the type" }],
    },
  ];
});
