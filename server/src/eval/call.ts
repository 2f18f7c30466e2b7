import { budget } from "./budget.ts";
import { callable } from "./coerce.ts";
import type { Site } from "./origin.ts";
import { type Cell, register, Unknown, UnknownSignal, type Value } from "./value.ts";

/** Calls a value; an unknown function gives Unknown. */
export function call(fn: Value, arg: Cell, site: Site): Value {
  if (fn instanceof Unknown) {
    register.origin = site;
    return fn.reason;
  }
  budget.enter();
  try {
    return callable(fn, site)(arg);
  } catch (error) {
    if (error instanceof UnknownSignal) {
      register.origin = site;
      return error.unknown.reason;
    }
    throw error;
  } finally {
    budget.leave();
  }
}
