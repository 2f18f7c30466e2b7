import { type HomeState, keeps } from "./home-state.ts";

const GNOME = ["services.desktopManager.gnome", "services.xserver.desktopManager.gnome"];

/** Desktops: folders of the person, settings, input methods, sound. */
export const DESKTOPS: readonly HomeState[] = [
  ...(["Documents", "Pictures", "Videos", "Music"] as const).map((name, at) =>
    // Films and music mostly come from somewhere, and can come again.
    keeps(at < 2 ? "data" : "history", name, `the folder of ${name.toLowerCase()} of the desktop`, {
      home: ["xdg.userDirs"],
      movedBy: [[`home:xdg.userDirs.${name.toLowerCase()}`]],
      kind: "folder",
    }),
  ),
  keeps("history", "Downloads", "the folder of downloads", {
    home: ["xdg.userDirs"],
    movedBy: [["home:xdg.userDirs.download"]],
    kind: "folder",
  }),
  keeps("login", ".var/app", "Flatpak: settings, logins and documents of all its programs", {
    nixos: ["services.flatpak"],
    home: ["services.flatpak"],
    ofSystem: "/var/lib/flatpak",
  }),
  keeps("settings", ".config/dconf", "settings of GNOME's programs that are not declared", {
    nixos: ["dconf", ...GNOME],
  }),
  keeps("history", ".local/share/fcitx5", "fcitx5: words it learned", {
    nixos: ["i18n.inputMethod.type=fcitx5", "i18n.inputMethod.enabled=fcitx5"],
    home: ["i18n.inputMethod.type=fcitx5", "i18n.inputMethod.enabled=fcitx5"],
    insteadOf: ["/var/lib/fcitx5"],
  }),
  keeps("settings", ".local/state/wireplumber", "WirePlumber: volumes, and which devices were chosen", {
    nixos: ["services.pipewire"],
  }),
  keeps("settings", [".local/share/easyeffects", ".config/easyeffects"], "Easy Effects: presets", {
    home: ["services.easyeffects"],
    packages: ["easyeffects"],
    declaredBy: ["home:services.easyeffects.extraPresets"],
  }),
  keeps("settings", ".config/xfce4", "Xfce: settings, also of Thunar", {
    nixos: ["xfconf", "services.xserver.desktopManager.xfce"],
  }),
  keeps("settings", ".config/Thunar", "Thunar: actions of your own", { nixos: ["thunar"], packages: ["thunar"] }),
  keeps("settings", ".config/cosmic", "COSMIC: settings", { nixos: ["services.desktopManager.cosmic"] }),
  keeps("settings", ".config/OpenTabletDriver", "OpenTabletDriver: settings", { nixos: ["hardware.opentabletdriver"] }),
  keeps("settings", ".config/corectrl", "CoreCtrl: profiles", { nixos: ["corectrl"] }),
  keeps("settings", ".config/btop", "btop: settings", { packages: ["btop"] }),
  keeps("history", ".local/share/SpeedCrunch", "SpeedCrunch: history", { packages: ["speedcrunch"] }),
  keeps("settings", ".config/qalculate", "Qalculate!: history and settings", {
    packages: ["qalculate-gtk", "qalculate-qt", "libqalculate"],
  }),
  keeps("settings", ".local/share/org.localsend.localsend_app", "LocalSend: settings", {
    nixos: ["localsend"],
    packages: ["localsend"],
  }),
];
