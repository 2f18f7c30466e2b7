lib:
let
  # A value with the type string of GVariant, and how it is written.
  make = type: value: write: {
    _type = "gvariant";
    inherit type value;
    __toString = self: write self;
  };
  annotated = type: value: make type value (self: "@${self.type} ${toString self.value}");
  bare = type: value: make type value (self: toString self.value);
  separated = lib.concatMapStringsSep "," toString;
in
rec {
  type = {
    arrayOf = inner: "a${inner}";
    maybeOf = inner: "m${inner}";
    tupleOf = inner: "(${lib.concatStrings inner})";
    dictionaryEntryOf = key: value: "{${key}${value}}";
    string = "s";
    boolean = "b";
    uchar = "y";
    int16 = "n";
    uint16 = "q";
    int32 = "i";
    uint32 = "u";
    int64 = "x";
    uint64 = "t";
    double = "d";
    variant = "v";
  };
  isGVariant = value: value._type or "" == "gvariant";
  mkValue =
    value:
    if builtins.isBool value then
      mkBoolean value
    else if builtins.isFloat value then
      mkDouble value
    else if builtins.isString value then
      mkString value
    else if builtins.isList value then
      mkArray value
    else if isGVariant value then
      value
    else
      throw "gvariant.mkValue: the GVariant type of ${builtins.typeOf value} cannot be told";
  mkBoolean = value: make type.boolean value (self: lib.boolToString self.value);
  mkString =
    value:
    make type.string value (
      self:
      let
        escaped = lib.escape [
          "'"
          "\\"
        ] self.value;
      in
      "'${builtins.replaceStrings [ "\n" ] [ "\\n" ] escaped}'"
    );
  mkObjectpath = value: make type.string value (self: "objectpath '${lib.escape [ "'" ] self.value}'");
  mkUchar = annotated type.uchar;
  mkInt16 = annotated type.int16;
  mkUint16 = annotated type.uint16;
  mkInt32 = bare type.int32;
  mkUint32 = annotated type.uint32;
  mkInt64 = annotated type.int64;
  mkUint64 = annotated type.uint64;
  mkDouble = bare type.double;
  mkArray =
    list:
    let
      values = map mkValue list;
      first = (builtins.head values).type;
    in
    if list == [ ] then
      throw "gvariant.mkArray: an empty array is made with mkEmptyArray"
    else if builtins.any (value: value.type != first) values then
      throw "gvariant.mkArray: the elements are of different types"
    else
      make (type.arrayOf first) values (self: "@${self.type} [${separated self.value}]");
  mkEmptyArray = inner: make (type.arrayOf inner) [ ] (self: "@${self.type} []");
  mkTuple =
    list:
    let
      values = map mkValue list;
    in
    make (type.tupleOf (map (value: value.type) values)) values (self: "@${self.type} (${separated self.value})");
  mkVariant = value: make type.variant (mkValue value) (self: "<${toString self.value}>");
  mkDictionaryEntry =
    name: value:
    let
      key = mkValue name;
      content = mkValue value;
    in
    make (type.dictionaryEntryOf key.type content.type) { inherit name value; } (self: "@${self.type} {${key},${content}}");
  mkMaybe =
    inner: value:
    make (type.maybeOf inner) value (
      self: if self.value == null then "@${self.type} nothing" else "just ${toString self.value}"
    );
  mkNothing = inner: mkMaybe inner null;
  mkJust =
    value:
    let
      content = mkValue value;
    in
    mkMaybe content.type content;
}
