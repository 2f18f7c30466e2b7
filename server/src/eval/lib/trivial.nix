lib:
let
  inherit (builtins) trace;
  warnWith = builtins.warn or (message: trace "evaluation warning: ${message}");
in
rec {
  id = x: x;
  const = x: _: x;
  flip = f: a: b: f b a;
  pipe = start: builtins.foldl' (x: f: f x) start;
  defaultTo = default: value: if value == null then default else value;
  mapNullable = f: value: if value == null then null else f value;

  and = a: b: a && b;
  or = a: b: a || b;
  xor = a: b: a != b;
  boolToString = b: if b then "true" else "false";
  boolToYesNo = b: if b then "yes" else "no";

  min = a: b: if a < b then a else b;
  max = a: b: if a > b then a else b;
  # The remainder has the sign of the first number.
  mod = a: b: a - b * (a / b);
  compare = a: b: if a < b then -1 else if a > b then 1 else 0;
  # The values for which `test` holds come first; each half has its own order.
  splitByAndCompare =
    test: whenTrue: whenFalse: a: b:
    if test a then
      (if test b then whenTrue a b else -1)
    else if test b then
      1
    else
      whenFalse a b;
  bitNot = builtins.sub (-1);
  inherit (builtins)
    add
    sub
    lessThan
    seq
    deepSeq
    genericClosure
    bitAnd
    bitOr
    bitXor
    isInt
    isFloat
    isBool
    pathExists
    readFile
    fromJSON
    ceil
    floor
    ;

  concat = a: b: a ++ b;
  mergeAttrs = a: b: a // b;

  importJSON = path: builtins.fromJSON (builtins.readFile path);
  importTOML = path: builtins.fromTOML (builtins.readFile path);

  warn = warnWith;
  warnIf = condition: message: if condition then warnWith message else id;
  warnIfNot = condition: message: if condition then id else warnWith message;
  throwIf = condition: message: if condition then throw message else id;
  throwIfNot = condition: message: if condition then id else throw message;
  info = message: trace "INFO: ${message}";
  showWarnings = warnings: value: builtins.foldl' (rest: message: warnWith message rest) value warnings;
  # Fails when a value is none of the allowed ones.
  checkListOfEnum =
    message: valid: given:
    let
      strange = lib.subtractLists valid given;
      shown = builtins.concatStringsSep "\", \"";
    in
    if strange == [ ] then
      id
    else
      throw "${message}: \"${shown strange}\" unexpected; valid ones: \"${shown valid}\"";

  # A function, or a set that can be called.
  isFunction = f: builtins.isFunction f || (builtins.isAttrs f && f ? __functor && isFunction (f.__functor f));
  setFunctionArgs = f: args: {
    __functor = _: f;
    __functionArgs = args;
  };
  functionArgs =
    f:
    if f ? __functor then
      f.__functionArgs or (functionArgs (f.__functor f))
    else
      builtins.functionArgs f;
  mirrorFunctionArgs = original: f: setFunctionArgs f (functionArgs original);
  toFunction = value: if isFunction value then value else const value;

  toHexString =
    number:
    builtins.concatStringsSep "" (map (digit: builtins.substring digit 1 "0123456789ABCDEF") (toBaseDigits 16 number));
  fromHexString =
    text:
    let
      hex = builtins.match "(0[xX])?([0-9a-fA-F]+)" text;
    in
    if hex == null then
      throw "fromHexString: '${text}' is no hexadecimal number"
    else
      (builtins.fromTOML "number = 0x${builtins.elemAt hex 1}").number;
  # Most significant digit first.
  toBaseDigits =
    base: number:
    let
      digits = n: (if n < base then [ ] else digits (n / base)) ++ [ (mod n base) ];
    in
    digits number;

  inPureEvalMode = !(builtins ? currentSystem);
  inNixShell = false;
  oldestSupportedReleaseIsAtLeast = release: release <= 2505;
  isInOldestRelease = oldestSupportedReleaseIsAtLeast;
}
