import { type HomeState, keeps } from "./home-state.ts";

/** Games, and what starts them. */
export const GAMES: readonly HomeState[] = [
  keeps("data", ".local/share/Steam", "Steam: login, games, saves", { nixos: ["steam"], packages: ["steam"] }),
  keeps("data", ".local/share/PrismLauncher", "Prism Launcher: worlds, instances and logins of Minecraft", {
    home: ["prismlauncher"],
    packages: ["prismlauncher"],
    insteadOf: [".minecraft"],
  }),
  keeps("data", ".minecraft", "Minecraft: worlds and the login", { packages: ["minecraft"] }),
  keeps("login", ".local/share/lutris", "Lutris: the library", { home: ["lutris"], packages: ["lutris"] }),
  keeps("login", ".config/heroic", "Heroic: logins and the library", { packages: ["heroic"] }),
  keeps("data", ".local/share/bottles", "Bottles: the bottles, with what is installed in them", {
    packages: ["bottles"],
  }),
  keeps("login", ".wine", "Wine: programs of the usual prefix, and what they keep", {
    packages: ["wine", "wine64", "wine-staging", "wine-wayland"],
    movedBy: [["home:home.sessionVariables.WINEPREFIX"]],
  }),
  keeps("data", ".local/share/osu", "osu!: beatmaps, scores, replays", { packages: ["osu-lazer", "osu-lazer-bin"] }),
  keeps("data", ".factorio", "Factorio: saves and mods", {
    packages: ["factorio", "factorio-space-age", "factorio-experimental"],
  }),
  keeps("data", ".minetest", "Luanti: worlds", { packages: ["luanti", "minetest", "luanti-client"] }),
  keeps("data", ".local/share/openttd", "OpenTTD: saves", { packages: ["openttd", "openttd-jgrpp"] }),
  keeps("settings", ".config/r2modmanPlus-local", "r2modman: profiles of mods", { packages: ["r2modman"] }),
  keeps("login", ".runelite", "RuneLite: profiles", { packages: ["runelite"] }),
  keeps("login", ".config/itch", "itch: the login and the library", { packages: ["itch"] }),
  keeps("data", ".config/retroarch", "RetroArch: saves", {
    home: ["retroarch"],
    packages: ["retroarch", "retroarchFull", "retroarchBare", "retroarch-full"],
  }),
  keeps("data", ".local/share/dolphin-emu", "Dolphin: saves", { packages: ["dolphin-emu"] }),
  keeps("data", ".config/PCSX2", "PCSX2: memory cards", { packages: ["pcsx2"] }),
  keeps("data", ".config/rpcs3", "RPCS3: saves", { packages: ["rpcs3"] }),
  keeps("data", ".config/Ryujinx", "Ryujinx: saves and keys", { packages: ["ryujinx", "ryubing"] }),
  keeps("data", ".local/share/Cemu", "Cemu: saves", { packages: ["cemu"] }),
];
