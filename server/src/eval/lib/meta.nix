lib:
rec {
  addMetaAttrs = attrs: package: package // { meta = (package.meta or { }) // attrs; };
  setPrio = priority: addMetaAttrs { inherit priority; };
  lowPrio = setPrio 10;
  hiPrio = setPrio (-10);
  lowPrioSet = mapDerivationAttrset lowPrio;
  hiPrioSet = mapDerivationAttrset hiPrio;
  mapDerivationAttrset = f: builtins.mapAttrs (_: value: if lib.isDerivation value then f value else value);
  setName = name: package: package // { inherit name; };
  getExe' =
    package: name:
    if lib.hasInfix "/" name then
      throw "getExe': the name of the program is given without a directory, not as ${name}"
    else
      "${lib.getBin package}/bin/${name}";
  getExe = package: getExe' package (package.meta.mainProgram or (lib.getName package));
  availableOn =
    platform: package:
    builtins.elem (platform.system or platform) (package.meta.platforms or [ (platform.system or platform) ]);
}
