import { type HomeState, keeps } from "./home-state.ts";

const FIREFOX = ["firefox", "firefox-bin", "firefox-esr", "firefox-beta", "firefox-devedition"];

/** Browsers: those made of Chromium encrypt cookies and passwords with a key of the keyring. */
export const BROWSERS: readonly HomeState[] = [
  keeps("data", [".mozilla", ".config/mozilla", ".mozilla/firefox"], "Firefox: logins, bookmarks, history", {
    home: ["firefox"],
    nixos: ["firefox"],
    packages: FIREFOX,
    kind: "browser",
  }),
  ...[
    { name: "chromium", packages: ["ungoogled-chromium"], paths: [".config/chromium"], label: "Chromium" },
    { name: "brave", paths: [".config/BraveSoftware"], label: "Brave" },
    { name: "google-chrome", paths: [".config/google-chrome"], label: "Chrome" },
    { name: "vivaldi", paths: [".config/vivaldi"], label: "Vivaldi" },
    { name: "microsoft-edge", paths: [".config/microsoft-edge"], label: "Edge" },
    { name: "helium", paths: [".config/net.imput.helium"], label: "Helium" },
  ].map(({ name, packages = [], paths, label }) =>
    keeps("data", paths, `${label}: logins and history`, {
      home: [name],
      packages: [name, ...packages],
      kind: "browser",
      isSealed: true,
    }),
  ),
  keeps("data", [".librewolf", ".config/librewolf"], "LibreWolf: logins and history", {
    home: ["librewolf"],
    packages: ["librewolf", "librewolf-bin"],
    kind: "browser",
  }),
  keeps("data", [".floorp", ".config/floorp"], "Floorp: logins, bookmarks, history", {
    home: ["floorp"],
    packages: ["floorp", "floorp-bin"],
    kind: "browser",
  }),
  keeps("data", [".config/zen", ".zen"], "Zen: logins, bookmarks, history", {
    home: ["zen-browser"],
    packages: ["zen-browser"],
    kind: "browser",
  }),
  keeps("data", ".local/share/qutebrowser", "qutebrowser: logins and history", {
    home: ["qutebrowser"],
    packages: ["qutebrowser"],
    kind: "browser",
  }),
  keeps("data", ".local/share/epiphany", "GNOME Web: logins, bookmarks, history", {
    packages: ["epiphany"],
    kind: "browser",
  }),
];
