import * as z from "zod";

export const driftSchema = z.object({
  kind: z
    .enum(["host-name", "not-mounted", "file-system", "subvolume", "option", "not-persisted", "not-there"])
    .describe("What differs: see docs/remote.md."),
  severity: z.enum(["error", "warning", "information"]),
  path: z.string().describe("The mount point or the persisted path; empty for the host itself."),
  configured: z.string().describe("What the configuration says."),
  found: z.string().describe("What the host shows."),
  text: z.string().describe("What is wrong, why it matters, and what to do."),
});
export type Drift = z.infer<typeof driftSchema>;

export const comparisonSchema = z.object({
  host: z.string().describe("The host of the configuration that was compared."),
  drift: z.array(driftSchema),
  unknown: z.array(z.string()).describe("What could not be compared, and why."),
});
export type Comparison = z.infer<typeof comparisonSchema>;
