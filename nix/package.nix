# The command line tool `nix-impermanence`, which is its own language server, built from this repository.
{
  lib,
  stdenv,
  buildNpmPackage,
  importNpmLock,
  makeWrapper,
  nodejs,
}:

let
  packageJson = lib.importJSON ../package.json;
  lock = lib.importJSON ../package-lock.json;

  # What tests and editors need, and no bundle holds: a build without it loads a tenth.
  unused = [
    "@biomejs/biome"
    "@vscode/test-electron"
    "@vscode/vsce"
    "ajv"
    "dependency-cruiser"
    "fast-check"
    "mocha"
    "playwright-core"
    "typescript"
    "vitest"
    "vscode-oniguruma"
    "vscode-textmate"
    "vscode-tmgrammar-test"
  ];
  devDependencies = lib.filterAttrs (
    name: _: !(lib.elem name unused || lib.hasPrefix "@types/" name)
  ) packageJson.devDependencies;

  # An entry of the lock file is called by where it is installed.
  nameOf = place: lib.last (lib.splitString "node_modules/" place);

  # Prebuilt programs of other platforms are optional, and would all be loaded.
  inherit (stdenv.buildPlatform) node;
  fits =
    entry:
    !(entry.optional or false)
    || (lib.elem node.platform (entry.os or [ node.platform ]) && lib.elem node.arch (entry.cpu or [ node.arch ]));

  installed = lib.filterAttrs (place: entry: place != "" && fits entry) lock.packages;

  # Where a package finds another one: below itself, else below what it lies in, and so on up.
  find =
    place: name:
    let
      here = lib.optionalString (place != "") "${place}/" + "node_modules/${name}";
      around = lib.concatStringsSep "/node_modules/" (lib.init (lib.splitString "/node_modules/" place));
    in
    if installed ? ${here} then
      [ { key = here; } ]
    else if place == "" then
      [ ]
    else
      find around name;

  needed = lib.genericClosure {
    startSet = lib.concatMap (find "") (lib.attrNames devDependencies);
    operator =
      { key }:
      let
        entry = installed.${key};
        uses =
          (entry.dependencies or { }) // (entry.optionalDependencies or { }) // (entry.peerDependencies or { });
      in
      lib.concatMap (find key) (lib.attrNames uses);
  };

  # The lock file leaves out where the packages are, so that every registry will do; their hashes are in it.
  withAddress =
    place: entry:
    let
      name = entry.name or (nameOf place);
    in
    entry
    // {
      resolved = "https://registry.npmjs.org/${name}/-/${baseNameOf name}-${entry.version}.tgz";
    };
in
buildNpmPackage {
  pname = packageJson.name;
  inherit (packageJson) version;

  src = lib.fileset.toSource {
    root = ../.;
    fileset = lib.fileset.unions [
      ../client/src
      # The build runs the program over it, and keeps what was compiled.
      ../examples/hetzner-vps
      ../server/grammar
      ../server/scaffold
      ../server/src
      ../scripts
      ../LICENSE
      ../package.json
      ../package-lock.json
      ../tsconfig.json
    ];
  };

  inherit nodejs;
  npmDeps = importNpmLock {
    package = packageJson // {
      inherit devDependencies;
    };
    packageLock = lock // {
      packages = lib.mapAttrs withAddress (lib.genAttrs (map ({ key }: key) needed) (key: installed.${key})) // {
        "" = lock.packages."" // {
          inherit devDependencies;
        };
      };
    };
  };
  inherit (importNpmLock) npmConfigHook;

  # Bundles are made of JavaScript alone; what packages compile when they are installed is not used.
  npmRebuildFlags = [ "--ignore-scripts" ];
  npmBuildFlags = [
    "--"
    "--production"
  ];

  nativeBuildInputs = [ makeWrapper ];

  # All that is needed to run is in the bundles and the grammar beside them.
  installPhase = ''
    runHook preInstall
    install -D -m 0644 --target-directory="$out/lib/nix-impermanence/dist" \
      dist/*.js dist/server.cjs dist/cli-program.cjs* dist/cli-remote.cjs* dist/*.wasm dist/third-party-licenses.txt
    install -D -m 0644 --target-directory="$out/lib/nix-impermanence" package.json
    install -D -m 0644 --target-directory="$out/share/licenses/nix-impermanence" LICENSE
    makeWrapper ${lib.getExe nodejs} "$out/bin/nix-impermanence" \
      --add-flags "$out/lib/nix-impermanence/dist/cli.js"
    runHook postInstall
  '';

  doInstallCheck = true;
  installCheckPhase = ''
    runHook preInstallCheck
    "$out/bin/nix-impermanence" --version | grep --fixed-strings ${packageJson.version}
    "$out/bin/nix-impermanence" explain IMP301 > /dev/null
    runHook postInstallCheck
  '';

  meta = {
    inherit (packageJson) description homepage;
    changelog = "${packageJson.repository.url}/blob/main/CHANGELOG.md";
    license = lib.licenses.mit;
    mainProgram = "nix-impermanence";
    platforms = lib.platforms.linux ++ lib.platforms.darwin;
  };
}
