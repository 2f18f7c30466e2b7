{ thing = [ "from the default.nix of a folder" ]; }
