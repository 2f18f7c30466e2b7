import * as z from "zod";
import { configSchema } from "../../ide/project-config/config-schema.ts";
import { checkSchema, factsSchema, hostsSchema } from "../../report/schema.ts";
import { write } from "../terminal.ts";
import { UsageError } from "../usage-error.ts";

const SCHEMAS = { check: checkSchema, facts: factsSchema, hosts: hostsSchema, "impermanence.json": configSchema };

/** `schema`: prints the JSON Schema of a command's JSON output, or of `impermanence.json`. */
export async function schema(command: string): Promise<number> {
  const found = Object.entries(SCHEMAS).find(([name]) => name === command)?.[1];
  if (!found) throw new UsageError(`\`${command}\` has no schema; there are ${Object.keys(SCHEMAS).join(", ")}`);
  // As input: a reader of this version accepts fields that later versions add.
  write(`${JSON.stringify(z.toJSONSchema(found, { io: "input" }), null, 2)}\n`);
  return 0;
}
