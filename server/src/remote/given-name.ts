import * as z from "zod";

/** A name or a path that was given, and not left empty by mistake. */
export const givenName = z.string().min(1, "is empty: is a variable of the shell not set?");
