import { Cell, look, NixAttrs, NixFunction, Unknown, type Value } from "../eval/value.ts";

/** What is left of a module when it has been called as often as it can be. */
export function calledWhole(value: Value, call: (fn: NixFunction) => Value): Value {
  let module = value;
  for (let calls = 0; calls < 4 && !(module instanceof Unknown); calls++) {
    if (module instanceof NixFunction) module = call(module);
    else if (module instanceof NixAttrs && module.has("__functor") === true) {
      const made = calledModule(module);
      if (!made) break;
      module = made;
    } else break;
  }
  return module;
}

/** The function that a set with `__functor` is; `__functionArgs` names the arguments it wants to be given. */
function calledModule(module: NixAttrs): Value | undefined {
  const functor = look(module.get("__functor") as Cell);
  if (!(functor instanceof NixFunction)) return undefined;
  const made = look(Cell.lazy(() => functor.call(Cell.of(module), undefined)));
  const named = module.has("__functionArgs") === true ? look(module.get("__functionArgs") as Cell) : undefined;
  if (!(made instanceof NixFunction) || !(named instanceof NixAttrs)) return made;
  const formals = new Map(
    named.names().map((name): [string, boolean] => [name, look(named.get(name) as Cell) === true]),
  );
  return new NixFunction(made.call, made.origin, formals, true);
}
