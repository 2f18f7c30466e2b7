# lib.fileset: files of folders, joined, taken away and filtered.
{ lib }:
let
  fs = lib.fileset;
  d = ./../data;
  rel = map (p: lib.removePrefix (toString d) (toString p));
in
{
  all = rel (fs.toList d);
  one = rel (fs.toList (d + "/data.json"));
  filtered = rel (fs.toList (fs.fileFilter (f: f.hasExt "nix" && f.type == "regular") d));
  byName = rel (fs.toList (fs.fileFilter (f: lib.hasPrefix "data" f.name) d));
  unions = rel (fs.toList (fs.unions [ (d + "/text.txt") (d + "/folder") (d + "/data.json") (d + "/folder/default.nix") ]));
  union = rel (fs.toList (fs.union (d + "/value.nix") (d + "/data.toml")));
  intersection = rel (fs.toList (fs.intersection d (d + "/folder")));
  difference = rel (fs.toList (fs.difference d (d + "/folder")));
  missing = rel (fs.toList (fs.maybeMissing (d + "/none")));
  maybe = rel (fs.toList (fs.maybeMissing (d + "/folder")));
  nested = rel (fs.toList (fs.difference (fs.fileFilter (f: f.hasExt "nix") d) (fs.unions [ (d + "/function.nix") ])));
}
