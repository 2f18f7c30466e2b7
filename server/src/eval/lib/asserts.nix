lib:
rec {
  assertMsg = holds: message: holds || throw message;
  assertOneOf =
    name: value: allowed:
    assertMsg (builtins.elem value allowed) "${name} must be one of ${lib.generators.toPretty { } allowed}, but is: ${lib.generators.toPretty { } value}";
  assertEachOneOf =
    name: values: allowed:
    builtins.all (value: assertOneOf name value allowed) values;
  checkAssertWarn =
    assertions: warnings: value:
    let
      failed = map (entry: entry.message) (builtins.filter (entry: !entry.assertion) assertions);
    in
    if failed == [ ] then
      lib.showWarnings warnings value
    else
      throw "\nFailed assertions:\n${builtins.concatStringsSep "\n" (map (message: "- ${message}") failed)}";
}
