import { type HomeState, keeps } from "./home-state.ts";

/** Keyrings, keys, passwords, and what only a pairing or a login brings back. */
export const SECRETS: readonly HomeState[] = [
  {
    options: [
      ...["services.gnome.gnome-keyring.enable", "services.desktopManager.gnome.enable"],
      ...["services.xserver.desktopManager.gnome.enable", "home:services.gnome-keyring.enable"],
    ],
    paths: [".local/share/keyrings"],
    what: "the keyring: saved passwords, and the keys with which Signal, Chromium and others encrypt what they keep",
    worth: "data",
    kind: "keyring",
    isPrivate: true,
  },
  {
    options: ["services.desktopManager.plasma6.enable", "services.xserver.desktopManager.plasma5.enable"],
    paths: [".local/share/kwalletd"],
    what: "the wallet: saved passwords, and the keys with which Chromium and others encrypt what they keep",
    // It can be switched off there.
    movedBy: [["home:programs.plasma.configFile.kwalletrc"]],
    movedIn: ["home:xdg.configFile.kwalletrc", "Enabled"],
    worth: "data",
    kind: "keyring",
    isPrivate: true,
  },
  keeps("data", [".local/share/password-store", ".password-store"], "pass: the passwords", {
    home: ["password-store"],
    movedBy: [
      ["home:programs.password-store.settings.PASSWORD_STORE_DIR"],
      ["home:home.sessionVariables.PASSWORD_STORE_DIR"],
    ],
    isPrivate: true,
  }),
  keeps("data", ".local/share/gopass", "gopass: the passwords", { packages: ["gopass"], isPrivate: true }),
  keeps("login", [".gnupg", ".local/share/gnupg"], "GnuPG: keys, and whom you trust", {
    home: ["gpg", "services.gpg-agent"],
    nixos: ["gnupg.agent"],
    movedBy: [["home:programs.gpg.homedir"], ["home:home.sessionVariables.GNUPGHOME"]],
    // Who declares public keys or a reader of cards has the secret ones elsewhere, most likely on a card.
    declaredBy: ["home:programs.gpg.publicKeys", "home:programs.gpg.scdaemonSettings", "services.pcscd.enable"],
    isPrivate: true,
  }),
  keeps("login", ".ssh", "ssh: known hosts, and keys that were made here", {
    home: ["ssh", "services.ssh-agent"],
    isPrivate: true,
  }),
  keeps("login", [".config/1Password"], "1Password: the login", {
    nixos: ["_1password-gui"],
    packages: ["_1password-gui", "_1password-gui-beta"],
    isPrivate: true,
  }),
  keeps("login", ".config/Bitwarden", "Bitwarden: the login", { packages: ["bitwarden-desktop", "bitwarden"] }),
  keeps("settings", ".config/keepassxc", "KeePassXC: settings", { packages: ["keepassxc"] }),
  keeps("login", ".config/protonmail", "Proton Mail Bridge: the login", {
    home: ["services.protonmail-bridge"],
    nixos: ["services.protonmail-bridge"],
    packages: ["protonmail-bridge", "protonmail-bridge-gui"],
    isPrivate: true,
  }),
  keeps("data", ".electrum", "Electrum: wallets", { packages: ["electrum"], isPrivate: true }),
  keeps("data", ".sparrow", "Sparrow: wallets", { packages: ["sparrow"], isPrivate: true }),
  keeps("login", ".config/Ledger Live", "Ledger Live: accounts", { packages: ["ledger-live-desktop"] }),
  keeps("data", [".local/state/syncthing", ".config/syncthing"], "syncthing: the device's identity", {
    home: ["services.syncthing"],
    declaredBy: ["home:services.syncthing.key"],
    isPrivate: true,
  }),
  keeps("login", ".config/Nextcloud", "Nextcloud: the login, and which folders are kept in step", {
    home: ["services.nextcloud-client"],
    packages: ["nextcloud-client"],
  }),
  keeps("login", ".config/rclone", "rclone: remotes and their logins", {
    packages: ["rclone"],
    declaredBy: ["home:programs.rclone.remotes"],
    isPrivate: true,
  }),
  keeps("login", ".config/kdeconnect", "KDE Connect: paired devices", {
    home: ["services.kdeconnect"],
    nixos: ["kdeconnect"],
  }),
  keeps("login", ".config/sunshine", "Sunshine: paired devices and the login", { nixos: ["services.sunshine"] }),
  keeps("login", ".config/Moonlight Game Streaming Project", "Moonlight: paired hosts", {
    packages: ["moonlight-qt"],
  }),
  keeps("login", ".local/share/remmina", "Remmina: connections", {
    home: ["services.remmina"],
    packages: ["remmina"],
  }),
];
