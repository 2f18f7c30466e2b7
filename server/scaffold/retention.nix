# What a retention policy asks for, of each source by itself: how many of the newest, the first of how many weeks and
# months, and all of how many days. `months` is -1 for all months there ever are.
lib: text:

let
  parts = lib.splitString " + " text;
  number =
    default: pattern:
    let
      found = lib.concatMap (
        part:
        let
          groups = builtins.match pattern part;
        in
        lib.optional (groups != null) (lib.toInt (builtins.head groups))
      ) parts;
    in
    if found == [ ] then default else builtins.head found;
in
{
  recent = number 1 "([0-9]+) recent";
  weeks = number 0 "1/week for ([0-9]+) weeks?";
  months = number (if builtins.elem "1/month" parts then -1 else 0) "1/month for ([0-9]+) months?";
  days = number 0 "([0-9]+)d";
}
