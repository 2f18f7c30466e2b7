# The library of the checker over the reference implementation of the module system, in place of nixpkgs' `lib`.
(import ../../../../server/src/eval/lib).__overlay (import ../../../conformance/eval-modules.nix)
