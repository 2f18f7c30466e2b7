# Types, numbers, control, JSON, TOML, XML, versions, hashes.
let
  b = builtins;
in
{
  typeInt = b.typeOf 1;
  typeFloat = b.typeOf 1.0;
  typeBool = b.typeOf true;
  typeString = b.typeOf "";
  typePath = b.typeOf /a;
  typeNull = b.typeOf null;
  typeList = b.typeOf [ ];
  typeSet = b.typeOf { };
  typeLambda = b.typeOf (x: x);
  typeBuiltin = b.typeOf b.add;
  typePartial = b.typeOf (b.add 1);
  isInt = [ (b.isInt 1) (b.isInt 1.0) (b.isInt "1") ];
  isFloat = [ (b.isFloat 1) (b.isFloat 1.0) ];
  isBool = [ (b.isBool false) (b.isBool null) ];
  isString = [ (b.isString "") (b.isString /a) ];
  isPath = [ (b.isPath /a) (b.isPath "/a") ];
  isList = [ (b.isList [ ]) (b.isList { }) ];
  isFunction = [ (b.isFunction (x: x)) (b.isFunction b.map) (b.isFunction (b.map (x: x))) (b.isFunction { }) ];
  isNull = [ (isNull null) (isNull false) ];
  add = b.add 1 2.5;
  sub = b.sub 5 3;
  mul = b.mul 4 (-3);
  div = b.div 17 5;
  divFloat = b.div 17.0 5;
  lessThanStrings = b.lessThan "a" "b";
  bitAnd = b.bitAnd 12 10;
  bitOr = b.bitOr 12 10;
  bitXor = b.bitXor 12 10;
  bitAndNegative = b.bitAnd (-1) 255;
  bitBig = toString (b.bitOr 4611686018427387904 1);
  ceil = [ (b.ceil 1.2) (b.ceil (-1.2)) (b.ceil 2.0) (b.ceil 3) ];
  floor = [ (b.floor 1.8) (b.floor (-1.2)) (b.floor 2.0) ];
  tryOk = b.tryEval 1;
  tryThrow = b.tryEval (throw "x");
  tryAssert = b.tryEval (assert false; 1);
  tryIsShallow = (b.tryEval { a = throw "x"; }).success;
  tryNested = b.tryEval (b.tryEval (throw "x")).success;
  trySeq = b.tryEval (b.seq (throw "x") 1);
  tryDeepSeq = (b.tryEval (b.deepSeq { a = [ (throw "x") ]; } 1)).success;
  tryDeepSeqOk = b.tryEval (b.deepSeq { a = [ 1 ]; } 1);
  seqValue = b.seq 1 2;
  seqIsShallow = b.seq { a = throw "never"; } 2;
  deepSeqCyclic = let s = { x = s; y = 1; }; in b.deepSeq s 3;
  trace = b.trace "message" 5;
  addErrorContext = b.addErrorContext "context" 6;
  toJsonScalars = b.toJSON [ 1 true null "a\"b\\c\n" ];
  toJsonSet = b.toJSON { b = 1; a = [ { } [ ] ]; };
  toJsonUnicode = b.toJSON "é✓";
  toJsonControl = b.toJSON "\t";
  toJsonToString = b.toJSON { __toString = _: "x"; a = 1; };
  toJsonOutPath = b.toJSON { outPath = "/p"; a = 1; };
  toJsonBig = b.toJSON 9223372036854775807;
  toJsonFloat = b.toJSON 1.5;
  fromJsonScalars = b.fromJSON "[1, -2, 2.5, 1e3, true, false, null, \"x\"]";
  fromJsonNested = b.fromJSON ''{"a": {"b": [1, {"c": []}]}, "d": {}}'';
  fromJsonEscapes = b.fromJSON ''"\u00e9\n\t\"\\\/"'';
  fromJsonSurrogates = b.fromJSON ''"\ud83d\ude00"'';
  fromJsonIntType = b.typeOf (b.fromJSON "3");
  fromJsonFloatType = b.typeOf (b.fromJSON "3.0");
  fromJsonDuplicate = b.fromJSON ''{"a":1,"a":2}'';
  fromJsonSpaces = b.fromJSON " \n{ \"a\" : 1 } ";
  fromJsonBig = toString (b.fromJSON "9223372036854775807");
  jsonRound = b.fromJSON (b.toJSON { a = [ 1 "x" { y = null; } ]; });
  toml = b.fromTOML ''
    title = "t"
    n = 1
    f = 2.5
    yes = true
    list = [1, 2, 3]
    hex = 0xff
    under = 1_000
    multi = """
    a
    b"""
    literal = 'c:\x'
    [table]
    key = "v"
    [table.sub]
    k = [ "a", "b" ]
    [[items]]
    name = "one"
    [[items]]
    name = "two"
    [a.b.c]
    inline = { x = 1, y = "z" }
  '';
  tomlDotted = b.fromTOML "a.b = 1\na.c = 2";
  tomlTypes = map b.typeOf (b.attrValues (b.fromTOML "a = 1\nb = 1.0\nc = 'x'\nd = []\ne = {}"));
  xmlScalars = b.toXML [ 1 "a<b>&\"c\"" true null 1.5 /p ];
  xmlSet = b.toXML { b = { }; a = [ ]; };
  xmlFunction = b.toXML [ (x: x) b.add ({ a, b ? 1, ... }: a) ({ q }@args: q) ];
  splitVersion = b.splitVersion "1.2.3-rc4";
  splitVersionLetters = b.splitVersion "2.3a4";
  splitVersionEmpty = b.splitVersion "";
  splitVersionSigns = b.splitVersion "1_2+3..4--5";
  compareSame = b.compareVersions "1.0" "1.0";
  compareLess = b.compareVersions "1.0" "1.1";
  compareGreater = b.compareVersions "1.10" "1.9";
  comparePre = b.compareVersions "1.0pre1" "1.0";
  compareLonger = b.compareVersions "1.0.1" "1.0";
  compareLetters = b.compareVersions "2.3a" "2.3.1";
  compareLettersOrder = b.compareVersions "1.0a" "1.0b";
  compareEmpty = b.compareVersions "" "1";
  compareDash = b.compareVersions "1-2" "1.2";
  compareRc = b.compareVersions "1.0rc1" "1.0";
  compareZeros = b.compareVersions "1.01" "1.1";
  parseName = b.parseDrvName "nix-0.12pre12876";
  parseNameNoVersion = b.parseDrvName "hello";
  parseNameDashes = b.parseDrvName "a-b-c-1.2-3";
  parseNameLetterAfterDash = b.parseDrvName "foo-x86-1";
  hashMd5 = b.hashString "md5" "abc";
  hashSha1 = b.hashString "sha1" "abc";
  hashSha256 = b.hashString "sha256" "abc";
  hashSha512 = b.hashString "sha512" "";
  hashUnicode = b.hashString "sha256" "é";
  storeDir = b.storeDir;
  langVersionIsInt = b.isInt b.langVersion;
  constants = [ true false null ];
  builtinsHasItself = b ? builtins;
  builtinsHasMap = b ? map && b ? foldl';
  underscoreNames = __length [ 1 2 ];
  underscoreAdd = __add 1 2;
  currying = (b.add 1) 2;
  importPath = import ./../data/value.nix;
  importDirectory = import ./../data/folder;
  importFunction = import ./../data/function.nix { a = 4; };
  importString = import (toString ./../data + "/value.nix");
  importTwice = import ./../data/value.nix == import ./../data/value.nix;
  readFile = b.readFile ./../data/text.txt;
  readDir = b.readDir ./../data;
  pathExistsYes = b.pathExists ./../data/text.txt;
  pathExistsNo = b.pathExists ./../data/missing.txt;
  pathExistsDirectory = b.pathExists ./../data;
  hashFile = b.hashFile "sha256" ./../data/text.txt;
  importJson = b.fromJSON (b.readFile ./../data/data.json);
  floatFormats = [ 1.5 .5 2.5e3 0.1e2 ];
  intFormats = [ 0 007 123 ];
  derivationIsLazy = (derivation { name = "x"; builder = throw "b"; system = "s"; }).name;
  derivationType = (derivation { name = "x"; builder = "b"; system = "s"; }).type;
  derivationOutputs = map (o: o.outputName) (derivation { name = "x"; builder = "b"; system = "s"; outputs = [ "lib" "out" ]; }).all;
  derivationFirstOutput = (derivation { name = "x"; builder = "b"; system = "s"; outputs = [ "lib" "out" ]; }).outputName;
  derivationNames = builtins.attrNames (derivation { name = "x"; builder = "b"; system = "s"; });
  derivationsEqual =
    let d = n: derivation { name = "x"; builder = "b"; system = "s"; v = n; }; in [ (d 1 == d 1) (d 1 == d 2) ];
  derivationStorePath = builtins.substring 0 11 (derivation { name = "x"; builder = "b"; system = "s"; }).outPath;
  pathExistsSlash = map builtins.pathExists [ (toString ../data + "/") (toString ../data/text.txt + "/") ];
}
