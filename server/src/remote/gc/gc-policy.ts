import type { FactsJson } from "../../report/schema.ts";
import { policyWords, type RetentionPolicy } from "../../shell/retention.ts";
import { parseRetention } from "../../shell/retention-text.ts";

export type GcPolicy =
  | {
      readonly ok: true;
      readonly policy: RetentionPolicy;
      readonly words: string;
      readonly from: "option" | "configuration";
    }
  | { readonly ok: false; readonly why: string };

/** The policy to delete by: what is asked for, else the configuration's. There is no other: nothing deletes by default. */
export function gcPolicy(keep: string | undefined, facts: FactsJson | undefined): GcPolicy {
  if (keep !== undefined) {
    const parsed = parseRetention(keep);
    if (!parsed.ok) return { ok: false, why: `--keep is not understood: ${parsed.message}` };
    return checked(parsed.policy, "option");
  }
  const written = new Map<string, RetentionPolicy>();
  for (const { policy } of facts?.snapshotJobs ?? []) {
    if (!policy) continue;
    const read = policyOf(policy);
    written.set(policyWords(read), read);
  }
  const [only] = written.values();
  if (only && written.size === 1) return checked(only, "configuration");
  const example = `--keep "5 recent + 1/week for 4 weeks + 1/month"`;
  if (written.size > 1)
    return {
      ok: false,
      why: `the configuration has several policies (${[...written.keys()].join("; ")}); say which to go by, e.g. ${example}`,
    };
  const where = facts ? "the configuration has no snapshotPolicy that can be read" : "no configuration is known";
  return { ok: false, why: `there is no policy: ${where}. Say what to keep, e.g. ${example}` };
}

function checked(policy: RetentionPolicy, from: "option" | "configuration"): GcPolicy {
  const words = policyWords(policy);
  if (words === "none") return { ok: false, why: "the policy keeps nothing" };
  return { ok: true, policy, words, from };
}

type PolicyJson = NonNullable<FactsJson["snapshotJobs"][number]["policy"]>;

function policyOf({ newest, youngerThanSeconds, spans }: PolicyJson): RetentionPolicy {
  const number = (value: number | null) => value ?? Number.POSITIVE_INFINITY;
  return {
    ...{ newest, youngerThan: number(youngerThanSeconds) },
    spans: spans.map(({ unit, each, last }) => ({ unit, each: number(each), last: number(last) })),
  };
}
