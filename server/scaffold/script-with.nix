# A script of its own file, which tests run as it is, behind the values that it takes.
lib: values: file:
lib.concatStrings (lib.mapAttrsToList (name: value: "${name}=${lib.escapeShellArg value}\n") values)
+ builtins.readFile file
