import { offer } from "../../edits/fix-plan.ts";
import { replaceStringAt } from "../../edits/place-edit.ts";
import type { Unit } from "../../host/host.ts";
import { perItem } from "../../host/per-item.ts";
import { childrenOf, isNamed, nameAt } from "../../host/read-values.ts";
import { containerBackend } from "../reading/container-backend.ts";
import { ownService } from "../reading/own-timers.ts";
import { HARD, needsOf, relationsOf } from "../reading/unit-relations.ts";
import { defineRule } from "../rule.ts";

/** The unit of a container under the name that it would have with the other container engine. */
export const unitOfOtherEngine = defineRule({
  code: "IMP728",
  name: "unit-of-other-engine",
  group: "units",
  severity: "warning",
  since: "0.1.0",

  check(context) {
    const { host, report } = context;
    const backend = containerBackend(host);
    const containers = host.config.at("virtualisation", "oci-containers", "containers");
    if (!backend || containers.isDefined() === false) return;
    const other = backend === "podman" ? "docker" : "podman";
    const meant = new Map<string, string>();
    for (const { name, node, certain } of childrenOf(containers)) {
      const isOwn = ownService(host, ["systemd"], `${other}-${name}`) !== undefined;
      if (certain.answer !== "yes" || isNamed(node, "serviceName") || isOwn) continue;
      meant.set(`${other}-${name}`, `${backend}-${name}`);
    }
    if (meant.size === 0) return;
    const why = `the containers of this host run with ${backend}`;
    for (const { name, node, certain } of childrenOf(host.config.at("systemd", "services"))) {
      const unit = certain.answer === "yes" ? meant.get(name) : undefined;
      if (unit === undefined) continue;
      report({
        at: nameAt(node),
        message: `\`${name}\` is no unit of the container: ${why}, and its unit is \`${unit}\`. What is set here makes an empty unit that nothing starts, and has no effect on the container.`,
        help: `Write systemd.services.${unit}.`,
      });
    }
    for (const { unit, uses } of ofContainers(host.units)) {
      for (const { relation, text, place } of uses) {
        const name = meant.get(text.replace(/\.service$/, ""));
        if (name === undefined) continue;
        const isHard = HARD.includes(relation);
        report({
          at: place ?? unit.place,
          message: `\`${text}\` does not exist: ${why}, and the unit of the container is \`${name}.service\`. ${isHard ? `\`${unit.name}\` requires it and is never started.` : `\`${unit.name}\` is not tied to the container.`}`,
          help: `Write "${name}.service".`,
          fixes: () =>
            offer(replaceStringAt(context, place, `${name}.service`), {
              title: `Write ${name}.service`,
              safety: "unsafe",
              note: `\`${unit.name}\` is tied to the container from then on.`,
            }),
        });
      }
    }
    for (const script of host.scripts) {
      for (const call of script.text.matchAll(/\bsystemctl\b[^\n;&|]*?\b((?:docker|podman)-[\w.-]+)/g)) {
        const [, text = ""] = call;
        const name = meant.get(text.replace(/\.service$/, ""));
        if (name === undefined) continue;
        const start = call.index + call[0].length - text.length;
        report({
          at: script.placeOf(start, start + text.length) ?? script.place,
          message: `\`${text}\` does not exist: ${why}, and the unit of the container is \`${name}\`. The command fails ("not loaded"), and the container runs on as it was.`,
          help: `Write ${name}.`,
        });
      }
    }
  },
});

/** The units that name one which looks like that of a container. */
const ofContainers = perItem((unit: Unit) => {
  const all = [...relationsOf(unit), ...needsOf(unit)];
  const uses = all.filter(
    ({ text }, index) => /^(?:docker|podman)-/.test(text) && all.findIndex((one) => one.text === text) === index,
  );
  return uses.length > 0 ? [{ unit, uses }] : [];
});
