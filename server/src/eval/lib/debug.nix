lib:
rec {
  traceIf = condition: message: value: if condition then builtins.trace message value else value;
  traceVal = value: value;
  traceValFn = _: value: value;
  traceSeq = shown: value: builtins.deepSeq shown value;
  traceSeqN = _: _: value: value;
  traceValSeq = value: builtins.deepSeq value value;
  traceValSeqFn = _: value: value;
  traceValSeqN = _: value: value;
  traceValSeqNFn = _: _: value: value;
  traceFnSeqN = _: _: f: value: f value;
  # The tests that fail, with what they expected and got.
  runTests =
    tests:
    lib.concatMap (
      name:
      let
        test = tests.${name};
      in
      lib.optional (lib.hasPrefix "test" name && test.expr != test.expected) {
        inherit name;
        inherit (test) expected;
        result = test.expr;
      }
    ) (builtins.attrNames (removeAttrs tests [ "tests" ]));
}
