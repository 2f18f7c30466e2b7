import { mayNeedConfiguration } from "./configuration-folder.ts";
import { connectEarly } from "./early-connection.ts";

/** What a command on hosts begins with, in the first thread, before what knows its arguments is read. */

const args = process.argv.slice(3);
const asksForHelp = args.some((arg) => /^(?:-h|--help|-V|--version)$/.test(arg));
// The name may be that of a host of the configuration, whose address is not known yet.
if (!asksForHelp && !mayNeedConfiguration(args)) connectEarly(args);
