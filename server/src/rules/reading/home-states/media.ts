import { type HomeState, keeps } from "./home-state.ts";

/** Pictures, music, films, drawings, papers and notes. */
export const MEDIA: readonly HomeState[] = [
  keeps("data", ["Zotero", ".zotero"], "Zotero: the library", { packages: ["zotero"] }),
  keeps("data", ".local/share/Anki2", "Anki: decks and progress", { home: ["anki"], packages: ["anki", "anki-bin"] }),
  keeps("settings", ".local/share/gnucash", "GnuCash: reports and settings", { packages: ["gnucash"] }),
  keeps("data", ".config/joplin-desktop", "Joplin: the notes", {
    home: ["joplin-desktop"],
    packages: ["joplin-desktop"],
  }),
  keeps("data", ".local/share/trilium-data", "Trilium: the notes", {
    packages: ["trilium-desktop", "trilium-next-desktop"],
  }),
  keeps("data", ".config/anytype", "Anytype: the notes and their key", { packages: ["anytype"] }),
  keeps("login", ".config/obsidian", "Obsidian: which vaults there are, and the login", {
    home: ["obsidian"],
    packages: ["obsidian"],
  }),
  keeps("settings", ".logseq", "Logseq: graphs it knows, settings", { packages: ["logseq"] }),
  keeps("data", ".local/share/task", "Taskwarrior: the tasks", {
    home: ["taskwarrior"],
    movedBy: [["home:programs.taskwarrior.dataLocation"]],
  }),
  keeps("data", [".local/share/timewarrior", ".timewarrior"], "Timewarrior: the times", { packages: ["timewarrior"] }),
  keeps("data", ".local/share/activitywatch", "ActivityWatch: what it recorded", {
    home: ["services.activitywatch"],
    packages: ["activitywatch"],
  }),
  keeps("data", ".config/obs-studio", "OBS: scenes and profiles", {
    home: ["obs-studio"],
    nixos: ["obs-studio"],
    packages: ["obs-studio"],
  }),
  keeps("data", ".config/darktable", "darktable: edits, tags and styles", { packages: ["darktable"] }),
  keeps("data", ".local/share/DaVinciResolve", "DaVinci Resolve: the projects", {
    packages: ["davinci-resolve", "davinci-resolve-studio"],
  }),
  keeps("settings", ".config/GIMP", "GIMP: brushes and settings", {
    packages: ["gimp", "gimp-with-plugins", "gimp3", "gimp3-with-plugins", "gimp2", "gimp2-with-plugins"],
  }),
  keeps("settings", ".local/share/krita", "Krita: brushes and other resources", { packages: ["krita"] }),
  keeps("settings", ".config/inkscape", "Inkscape: templates and settings", {
    packages: ["inkscape", "inkscape-with-extensions"],
  }),
  keeps("settings", ".config/blender", "Blender: start-up file, add-ons, settings", {
    packages: ["blender", "blender-hip"],
  }),
  keeps("settings", ".config/FreeCAD", "FreeCAD: settings", { packages: ["freecad", "freecad-wayland"] }),
  keeps("settings", ".local/share/FreeCAD", "FreeCAD: add-ons and macros", {
    packages: ["freecad", "freecad-wayland"],
  }),
  keeps("settings", ".config/kicad", "KiCad: settings", { packages: ["kicad", "kicad-small"] }),
  keeps("settings", ".local/share/kicad", "KiCad: libraries and plugins", { packages: ["kicad", "kicad-small"] }),
  keeps("settings", ".config/PrusaSlicer", "PrusaSlicer: printers and profiles", { packages: ["prusa-slicer"] }),
  keeps("settings", ".config/OrcaSlicer", "OrcaSlicer: printers and profiles", { packages: ["orca-slicer"] }),
  keeps("settings", ".config/BambuStudio", "Bambu Studio: printers and profiles", { packages: ["bambu-studio"] }),
  keeps("settings", ".local/share/cura", "Cura: printers and profiles", { packages: ["cura"] }),
  keeps("settings", ".config/audacity", "Audacity: settings and macros", { packages: ["audacity"] }),
  keeps("settings", ".config/REAPER", "REAPER: settings and licence", { packages: ["reaper"] }),
  keeps("settings", ".local/share/kdenlive", "Kdenlive: effects and profiles", { packages: ["kdenlive"] }),
  keeps("login", ".config/spotify", "Spotify: the login", {
    home: ["spicetify"],
    nixos: ["spicetify"],
    packages: ["spotify"],
  }),
  keeps("settings", ".config/vlc", "VLC: settings", { packages: ["vlc"] }),
  keeps("data", ".local/share/strawberry", "Strawberry: playlists and the library", { packages: ["strawberry"] }),
  keeps("data", ".local/share/rhythmbox", "Rhythmbox: playlists and the library", { packages: ["rhythmbox"] }),
  keeps("data", ".local/share/lollypop", "Lollypop: playlists and the library", { packages: ["lollypop"] }),
  keeps("data", ".local/share/cozy", "Cozy: the library, and where you stopped listening", {
    packages: ["cozy", "cozy-audiobooks"],
  }),
  keeps("login", ".config/feishin", "Feishin: the login", { packages: ["feishin"] }),
  keeps("login", ".config/tidal-hifi", "TIDAL: the login", { packages: ["tidal-hifi"] }),
  keeps("data", ".local/share/mpd", "MPD: playlists", {
    home: ["services.mpd"],
    movedBy: [["home:services.mpd.dataDir"]],
  }),
  keeps("data", ".config/beets", "beets: the library", {
    home: ["beets"],
    movedBy: [["home:programs.beets.settings.library"]],
    packages: ["beets"],
  }),
  keeps("data", ".config/FreeTube", "FreeTube: subscriptions and history", {
    home: ["freetube"],
    packages: ["freetube"],
  }),
  keeps("login", ".local/share/news-flash", "NewsFlash: feeds and the login", { packages: ["newsflash"] }),
  keeps("history", [".local/share/newsboat", ".newsboat"], "Newsboat: what was read", {
    home: ["newsboat"],
    packages: ["newsboat"],
  }),
  keeps("data", ".kodi", "Kodi: the library and settings", {
    home: ["kodi"],
    packages: ["kodi", "kodi-wayland", "kodi-gbm"],
    movedBy: [["home:programs.kodi.datadir"]],
  }),
  keeps("data", ".local/share/qBittorrent", "qBittorrent: the list of torrents, and how far they are", {
    packages: ["qbittorrent"],
  }),
  keeps("settings", ".config/qBittorrent", "qBittorrent: settings", { packages: ["qbittorrent"] }),
  keeps("data", ".config/transmission", "Transmission: the list of torrents, and how far they are", {
    packages: ["transmission_4-gtk", "transmission-gtk", "transmission_4-qt"],
  }),
  keeps("settings", ".config/libreoffice", "LibreOffice: settings, templates, autocorrection", {
    packages: [
      ...["libreoffice", "libreoffice-fresh", "libreoffice-still", "libreoffice-qt", "libreoffice-qt-fresh"],
      ...["libreoffice-qt6", "libreoffice-qt6-fresh", "libreoffice-qt-still"],
    ],
  }),
  keeps("settings", ".config/onlyoffice", "ONLYOFFICE: settings", {
    home: ["onlyoffice"],
    packages: ["onlyoffice-desktopeditors", "onlyoffice-bin"],
  }),
  keeps("settings", ".config/calibre", "calibre: where libraries are, settings", { packages: ["calibre"] }),
  keeps("settings", ".config/xournalpp", "Xournal++: settings", { packages: ["xournalpp"] }),
  keeps("history", ".local/share/zathura", "zathura: bookmarks, and where you stopped reading", {
    home: ["zathura"],
    packages: ["zathura"],
  }),
  keeps("history", ".local/share/okular", "Okular: annotations, and where you stopped reading", {
    packages: ["okular"],
  }),
  keeps("history", ".local/share/com.github.johnfactotum.Foliate", "Foliate: notes, and where you stopped reading", {
    home: ["foliate"],
    packages: ["foliate"],
  }),
];
