lib:
builtins.listToAttrs (
  map
    (
      name:
      lib.nameValuePair name {
        shortName = name;
        isSource = name == "fromSource";
      }
    )
    [
      "fromSource"
      "binaryNativeCode"
      "binaryBytecode"
      "binaryFirmware"
      "obfuscatedCode"
    ]
)
