import { type HomeState, keeps } from "./home-state.ts";

/** Shells, their histories and helpers, editors and readers. */
export const SHELLS: readonly HomeState[] = [
  keeps("login", ".local/share/atuin", "atuin: history and its key", { home: ["atuin"], packages: ["atuin"] }),
  keeps("history", ".local/share/fish", "fish: history", { home: ["fish"], shell: "fish" }),
  keeps("history", [".zsh_history", ".config/zsh/.zsh_history"], "zsh: history", {
    home: ["zsh"],
    shell: "zsh",
    isFile: true,
    movedBy: [
      ["home:programs.zsh.history.path"],
      ["home:programs.zsh.dotDir", ".zsh_history"],
      ["home:home.sessionVariables.HISTFILE"],
      ["programs.zsh.histFile"],
    ],
    movedIn: ["home:programs.zsh", "HISTFILE"],
  }),
  keeps("history", ".bash_history", "bash: history", {
    home: ["bash"],
    unlessShell: true,
    isFile: true,
    movedBy: [["home:programs.bash.historyFile"], ["home:home.sessionVariables.HISTFILE"]],
    movedIn: ["home:programs.bash", "HISTFILE"],
  }),
  keeps("history", ".config/nushell", "nushell: history", { home: ["nushell"], shell: "nushell" }),
  keeps("history", ".local/share/zoxide", "zoxide: folders it learned", {
    home: ["zoxide"],
    nixos: ["zoxide"],
    packages: ["zoxide"],
    movedBy: [["home:home.sessionVariables._ZO_DATA_DIR"]],
  }),
  keeps("history", ".local/share/direnv", "direnv: which folders are allowed", {
    home: ["direnv"],
    nixos: ["direnv"],
    packages: ["direnv"],
  }),
  keeps("history", ".local/share/mcfly", "McFly: history", { home: ["mcfly"], packages: ["mcfly"] }),
  keeps("history", ".local/state/nvim", "Neovim: undo, marks and unsaved changes", {
    home: ["neovim", "nixvim", "nvf"],
    nixos: ["neovim", "nixvim", "nvf"],
    packages: ["neovim"],
  }),
  keeps("history", [".config/emacs", ".emacs.d"], "Emacs: histories, bookmarks, packages installed by hand", {
    home: ["emacs"],
    packages: ["emacs", "emacs-pgtk", "emacs-gtk", "emacs-nox"],
  }),
  ...[
    { name: "vscode", label: "VS Code", folder: ".config/Code", own: ".vscode", others: ["vscode-fhs"] },
    { name: "vscodium", label: "VSCodium", folder: ".config/VSCodium", own: ".vscode-oss", others: ["vscodium-fhs"] },
    { name: "cursor", label: "Cursor", folder: ".config/Cursor", own: ".cursor", others: ["code-cursor"] },
    { name: "windsurf", label: "Windsurf", folder: ".config/Windsurf", own: undefined, others: [] },
  ].flatMap(({ name, label, folder, own, others }) => {
    const names = { home: [name], packages: [name, ...others] };
    return [
      keeps("login", folder, `${label}: logins, unsaved files, local history`, names),
      ...(own ? [keeps("settings", own, `${label}: extensions installed by hand`, names)] : []),
    ];
  }),
  keeps("history", ".local/share/zed", "Zed: projects, unsaved files, conversations, extensions", {
    home: ["zed-editor"],
    packages: ["zed-editor", "zed-editor-fhs"],
  }),
  ...["settings, licence", "plugins"].map((what, index) =>
    keeps(
      "login",
      [".config/JetBrains", ".local/share/JetBrains"].slice(index, index + 1),
      `JetBrains' programs: ${what}`,
      {
        packages: [
          ...["idea", "idea-ultimate", "idea-community", "idea-oss", "pycharm", "pycharm-professional"],
          ...["pycharm-community", "pycharm-oss", "clion", "webstorm", "rust-rover", "datagrip", "goland", "rider"],
          ...["phpstorm", "ruby-mine", "jetbrains-toolbox"],
        ],
      },
    ),
  ),
  keeps("login", ".config/Google", "Android Studio: settings and logins", { packages: ["android-studio"] }),
  keeps("settings", ".android", "Android: the key of adb that devices trust, keys that sign debug builds", {
    nixos: ["adb"],
    packages: ["android-studio", "android-tools"],
    isPrivate: true,
  }),
];
