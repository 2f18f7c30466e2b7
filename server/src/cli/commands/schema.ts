import * as z from "zod";
import { configSchema } from "../../ide/project-config/config-schema.ts";
import { REMOTE_COMMANDS } from "../../remote/commands.ts";
import { remoteHostsSchema } from "../../remote/known-hosts.ts";
import { checkSchema, factsSchema, hostsSchema } from "../../report/schema.ts";
import { write } from "../terminal.ts";
import { UsageError } from "../usage-error.ts";

const SCHEMAS: Readonly<Record<string, z.ZodType>> = {
  ...{ check: checkSchema, facts: factsSchema, hosts: hostsSchema, "impermanence.json": configSchema },
  "remote-hosts": remoteHostsSchema,
  ...Object.fromEntries(REMOTE_COMMANDS.map(({ name, result }) => [`remote-${name}`, result])),
};

/** `schema`: prints the JSON Schema of a command's JSON output, or of `impermanence.json`; without a name, the names. */
export async function schema(command?: string): Promise<number> {
  if (command === undefined) {
    write(`${Object.keys(SCHEMAS).join("\n")}\n`);
    return 0;
  }
  const found = Object.entries(SCHEMAS).find(([name]) => name === command)?.[1];
  if (!found) throw new UsageError(`\`${command}\` has no schema; there are ${Object.keys(SCHEMAS).join(", ")}`);
  // As input: a reader of this version accepts fields that later versions add.
  write(`${JSON.stringify(z.toJSONSchema(found, { io: "input" }), null, 2)}\n`);
  return 0;
}
