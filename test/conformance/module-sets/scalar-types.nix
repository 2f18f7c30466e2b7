# Types of single values; equal definitions agree.
{ lib }:
let
  inherit (lib) types mkOption;
  of = type: mkOption { inherit type; };
in
{
  modules = [
    {
      options = {
        bool = of types.bool;
        int = of types.int;
        float = of types.float;
        str = of types.str;
        path = of types.path;
        enum = of (types.enum [ "a" "b" 3 ]);
        port = of types.port;
        positive = of types.ints.positive;
        between = of (types.ints.between 1 10);
        unsigned = of types.ints.unsigned;
        matching = of (types.strMatching "[a-z]+");
        nonEmpty = of types.nonEmptyStr;
        number = of types.number;
      };
      config = { bool = true; int = -3; float = 1.5; str = "s"; path = "/a/b"; enum = 3; port = 22; positive = 1; between = 10; unsigned = 0; matching = "abc"; nonEmpty = "x"; number = 2; };
    }
    { bool = true; int = -3; str = "s"; enum = 3; }
  ];
  read = config: config;
}
