/** What a program keeps in homes, where nobody would want to lose it. */
export interface HomeState {
  /** Options of the host, or of home-manager below `home:`, any of which switches the program on. */
  readonly options: readonly string[];
  /** Packages that bring it, where a person or the system has them installed. */
  readonly packages?: readonly string[];
  /** Below the home; the first is where programs of today have it. */
  readonly paths: readonly string[];
  readonly what: string;
  /** Only for persons whose services run without a login. */
  readonly isLingering?: boolean;
  /** Data of services, which no person would look for in a home. */
  readonly isData?: boolean;
  /** Where the same program keeps what the whole system shares: who persists that believes that all of it is kept. */
  readonly ofSystem?: string;
  /** Switches on what that directory is for anyway. */
  readonly unlessOn?: string;
  /** Of several that people choose from: who persists another one's directory means this. */
  readonly kind?: "browser" | "keyring";
  /** Files in it are for nobody else to read. */
  readonly isPrivate?: boolean;
}

/** Programs whose loss nobody would want, with the places of their releases. */
export const HOME_STATES: readonly HomeState[] = [
  {
    options: ["virtualisation.podman.enable"],
    isLingering: true,
    paths: [".local/share/containers"],
    what: "containers of podman without root: images, and all named volumes",
    isData: true,
  },
  {
    options: ["home:services.podman.enable"],
    paths: [".local/share/containers"],
    what: "containers of podman without root: images, and all named volumes",
    isData: true,
  },
  {
    options: ["virtualisation.docker.rootless.enable"],
    paths: [".local/share/docker"],
    what: "containers of docker without root: images, and all named volumes",
    ofSystem: "/var/lib/docker",
    unlessOn: "virtualisation.docker.enable",
  },
  {
    options: ["services.flatpak.enable"],
    paths: [".var/app"],
    what: "Flatpak: settings, logins and documents of all its programs",
    ofSystem: "/var/lib/flatpak",
  },
  {
    options: [
      ...["services.gnome.gnome-keyring.enable", "services.desktopManager.gnome.enable"],
      ...["services.xserver.desktopManager.gnome.enable", "home:services.gnome-keyring.enable"],
    ],
    paths: [".local/share/keyrings"],
    what: "the keyring: saved passwords, and the keys with which Signal, Chromium and others encrypt what they keep",
    kind: "keyring",
    isPrivate: true,
  },
  {
    options: ["services.desktopManager.plasma6.enable", "services.xserver.desktopManager.plasma5.enable"],
    paths: [".local/share/kwalletd"],
    what: "the wallet: saved passwords, and the keys with which Chromium and others encrypt what they keep",
    kind: "keyring",
    isPrivate: true,
  },
  {
    options: ["programs.firefox.enable", "home:programs.firefox.enable"],
    packages: ["firefox"],
    paths: [".mozilla", ".config/mozilla", ".mozilla/firefox"],
    what: "Firefox: logins, bookmarks, history",
    kind: "browser",
  },
  {
    options: ["programs.thunderbird.enable", "home:programs.thunderbird.enable"],
    packages: ["thunderbird"],
    paths: [".thunderbird"],
    what: "Thunderbird: mail and accounts",
  },
  ...[
    { name: "chromium", packages: ["ungoogled-chromium"], paths: [".config/chromium"], label: "Chromium" },
    { name: "brave", paths: [".config/BraveSoftware"], label: "Brave" },
    { name: "google-chrome", paths: [".config/google-chrome"], label: "Chrome" },
    { name: "vivaldi", paths: [".config/vivaldi"], label: "Vivaldi" },
    { name: "microsoft-edge", paths: [".config/microsoft-edge"], label: "Edge" },
    { name: "librewolf", paths: [".librewolf", ".config/librewolf"], label: "LibreWolf" },
  ].map(
    ({ name, packages = [], paths, label }): HomeState => ({
      options: [`home:programs.${name}.enable`],
      packages: [name, ...packages],
      paths,
      what: `${label}: logins and history`,
      kind: "browser",
    }),
  ),
  {
    options: ["home:programs.password-store.enable"],
    paths: [".local/share/password-store", ".password-store"],
    what: "pass: the passwords",
    isPrivate: true,
  },
  { options: ["home:programs.atuin.enable"], paths: [".local/share/atuin"], what: "atuin: history and its key" },
  {
    options: ["home:services.syncthing.enable"],
    paths: [".local/state/syncthing", ".config/syncthing"],
    what: "syncthing: the device's identity",
    isPrivate: true,
  },
  { options: ["programs.steam.enable"], paths: [".local/share/Steam"], what: "Steam: login, games, saves" },
  {
    options: [],
    packages: ["signal-desktop"],
    paths: [".config/Signal"],
    what: "Signal: the device, and its messages",
  },
  { options: [], packages: ["element-desktop"], paths: [".config/Element"], what: "Element: login and keys" },
  { options: [], packages: ["telegram-desktop"], paths: [".local/share/TelegramDesktop"], what: "Telegram: the login" },
  { options: [], packages: ["zotero"], paths: ["Zotero", ".zotero"], what: "Zotero: the library" },
  { options: [], packages: ["anki", "anki-bin"], paths: [".local/share/Anki2"], what: "Anki: decks and progress" },
  { options: [], packages: ["gnucash"], paths: [".local/share/gnucash"], what: "GnuCash: reports and settings" },
];
