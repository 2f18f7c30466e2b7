import { type HomeState, keeps } from "./home-state.ts";

/** Mail, calendars and messengers. */
export const MESSENGERS: readonly HomeState[] = [
  keeps("data", ".thunderbird", "Thunderbird: mail and accounts", {
    home: ["thunderbird"],
    nixos: ["thunderbird"],
    packages: ["thunderbird", "thunderbird-bin", "thunderbird-esr"],
  }),
  keeps("data", ".local/share/evolution", "calendars, contacts and mail of GNOME's programs", {
    nixos: ["evolution"],
    packages: ["evolution", "gnome-calendar", "gnome-contacts"],
    insteadOf: [".config/evolution"],
  }),
  keeps("login", ".config/goa-1.0", "online accounts of GNOME", {
    nixos: [
      ...["services.gnome.gnome-online-accounts", "services.desktopManager.gnome"],
      "services.xserver.desktopManager.gnome",
    ],
  }),
  keeps("login", ".config/geary", "Geary: accounts", { nixos: ["geary"], packages: ["geary"] }),
  keeps("login", ".config/tutanota-desktop", "Tuta: the login", { packages: ["tutanota-desktop"] }),
  keeps("login", ".config/Proton Mail", "Proton Mail: the login", { packages: ["protonmail-desktop"] }),
  keeps("login", ".config/Mailspring", "Mailspring: accounts", { packages: ["mailspring"] }),
  keeps("login", "Maildir", "mail that was fetched, and what was done to it since", {
    home: ["mbsync", "offlineimap"],
    movedBy: [["home:accounts.email.maildirBasePath"]],
  }),
  keeps("history", ".local/share/vdirsyncer", "vdirsyncer: what was in step, without which it asks again", {
    home: ["vdirsyncer"],
    packages: ["vdirsyncer"],
  }),
  keeps("data", ".config/Signal", "Signal: the device, and its messages", {
    packages: ["signal-desktop", "signal-desktop-bin"],
    isSealed: true,
  }),
  keeps("login", ".config/Element", "Element: login and keys", {
    home: ["element-desktop"],
    packages: ["element-desktop"],
    isSealed: true,
  }),
  keeps("login", ".local/share/fractal", "Fractal: login and keys", { packages: ["fractal"] }),
  keeps("login", ".local/share/nheko", "nheko: keys and messages", { home: ["nheko"], packages: ["nheko"] }),
  keeps("login", ".local/share/TelegramDesktop", "Telegram: the login", { packages: ["telegram-desktop"] }),
  keeps("login", ".local/share/AyuGramDesktop", "AyuGram: the login", { packages: ["ayugram-desktop"] }),
  keeps("login", ".config/discord", "Discord: the login", { home: ["discord"], packages: ["discord"] }),
  keeps("login", ".config/discordcanary", "Discord: the login", { packages: ["discord-canary"] }),
  keeps("login", ".config/vesktop", "Vesktop: the login", {
    home: ["vesktop", "programs.nixcord.vesktop"],
    packages: ["vesktop"],
  }),
  keeps("login", ".config/legcord", "Legcord: the login", { packages: ["legcord"] }),
  keeps("login", ".config/equibop", "Equibop: the login", { packages: ["equibop"] }),
  keeps("login", ".config/WebCord", "WebCord: the login", { packages: ["webcord", "webcord-vencord"] }),
  keeps("login", ".config/Slack", "Slack: the login", { packages: ["slack"] }),
  keeps("login", ".config/teams-for-linux", "Teams: the login", { packages: ["teams-for-linux"] }),
  keeps("login", ".zoom", "Zoom: the login", { nixos: ["zoom-us"], packages: ["zoom-us"] }),
  keeps("login", ".config/Caprine", "Caprine: the login", { packages: ["caprine", "caprine-bin"] }),
  keeps("login", ".config/QQ", "QQ: the login", { packages: ["qq"] }),
  keeps("login", ".xwechat", "WeChat: the login", { packages: ["wechat"] }),
  keeps("data", ".local/share/dino", "Dino: accounts, keys and messages", { packages: ["dino"] }),
  keeps("history", [".local/share/weechat", ".weechat"], "WeeChat: logs", { packages: ["weechat"] }),
];
