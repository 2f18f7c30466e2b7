# The functions of `lib` that NixOS configurations use, written for the built-in evaluator. They behave as
# their namesakes in nixpkgs do; what is missing here is missing on purpose and reported by name.
#
# `__overlay` makes the library again with what only the evaluator can provide (types, evalModules, …): it
# takes a function from the finished library to a set whose members win.
let
  make =
    overlay:
    let
      sections = {
        trivial = import ./trivial.nix lib;
        fixedPoints = import ./fixed-points.nix lib;
        lists = import ./lists.nix lib;
        attrsets = import ./attrsets.nix lib;
        strings = import ./strings.nix lib;
        versions = import ./versions.nix lib;
        asserts = import ./asserts.nix lib;
        debug = import ./debug.nix lib;
        options = import ./options.nix lib;
        modules = import ./modules.nix lib;
        meta = import ./meta.nix lib;
        customisation = import ./customisation.nix lib;
        derivations = import ./derivations.nix lib;
        filesystem = import ./filesystem.nix lib;
        fileset = import ./filesets.nix lib;
        sources = import ./sources.nix lib;
        generators = import ./generators.nix lib;
        cli = import ./cli.nix lib;
        path = import ./path.nix lib;
        kernel = import ./kernel.nix lib;
        sourceTypes = import ./source-types.nix lib;
        stringsWithDeps = import ./string-entries.nix lib;
        gvariant = import ./gvariant.nix lib;
        misc = import ./deprecated.nix lib;
        systems = import ./systems.nix lib;
      };
      # What only the section has, and `lib` itself has not.
      sectionOnly = [
        "availableOn"
        "checkAssertWarn"
        "assertEachOneOf"
        "charToInt"
        "commonPrefix"
        "commonPrefixLength"
        "commonSuffixLength"
        "defaultOrderPriority"
        "defaultOverridePriority"
        "escapeC"
        "escapeNixIdentifier"
        "escapeNixString"
        "findFirstIndex"
        "floatToString"
        "importApply"
        "isConvertibleWithToString"
        "longestValidPathPrefix"
        "mdDoc"
        "mkAliasAndWrapDefsWithPriority"
        "normalizePath"
        "sanitizeDerivationName"
        "toGNUCommandLine"
        "unionOfDisjoint"
      ];
      # Where two sections have the same name, this is the one that gives way.
      lists = removeAttrs sections.lists [
        "hasPrefix"
        "removePrefix"
      ];
      strings = removeAttrs sections.strings [
        "replicate"
        "storeDir"
      ];
      lib = {
        # What stands for a hash that is not known yet.
        fakeHash = "sha256-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
        fakeSha256 = lib.strings.replicate 64 "0";
        fakeSha512 = lib.strings.replicate 128 "0";
        platforms = sections.systems.doubles;
        inherit (builtins)
          addErrorContext
          appendContext
          baseNameOf
          compareVersions
          convertHash
          dirOf
          div
          filterSource
          fromTOML
          getContext
          hasContext
          hashFile
          hashString
          mul
          path
          placeholder
          readDir
          readFileType
          toFile
          toString
          toXML
          trace
          tryEval
          unsafeDiscardOutputDependency
          ;
      }
      // removeAttrs (
        sections.trivial
        // sections.fixedPoints
        // strings
        // lists
        // sections.attrsets
        // sections.asserts
        // sections.debug
        // sections.options
        // sections.modules
        // sections.meta
        // sections.customisation
        // sections.derivations
        // {
          inherit (sections.filesystem)
            pathType
            pathIsDirectory
            pathIsRegularFile
            packagesFromDirectoryRecursive
            ;
          inherit (sections.generators) mkLuaInline;
        }
        // sections.sources
        // sections.stringsWithDeps
        // sections.misc
      ) sectionOnly
      // sections
      // overlay lib;
    in
    lib;
in
make (_: { __overlay = make; })
