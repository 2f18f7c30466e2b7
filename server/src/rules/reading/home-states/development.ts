import { type HomeState, keeps } from "./home-state.ts";

/** Containers, clouds, forges, databases and assistants. */
export const DEVELOPMENT: readonly HomeState[] = [
  keeps("data", ".local/share/containers", "containers of podman without root: images, and all named volumes", {
    nixos: ["virtualisation.podman"],
    isLingering: true,
  }),
  keeps("data", ".local/share/containers", "containers of podman without root: images, and all named volumes", {
    home: ["services.podman"],
  }),
  keeps("data", ".local/share/containers", "the containers of distrobox, with what is installed in them", {
    packages: ["distrobox"],
    home: ["distrobox"],
    needs: "virtualisation.podman.enable",
    unlessOn: "virtualisation.docker.enable",
  }),
  keeps("login", ".local/share/docker", "containers of docker without root: images, and all named volumes", {
    nixos: ["virtualisation.docker.rootless"],
    ofSystem: "/var/lib/docker",
    unlessOn: "virtualisation.docker.enable",
  }),
  keeps("data", ".local/share/waydroid", "Waydroid: what Android's programs keep", {
    nixos: ["virtualisation.waydroid"],
    ofSystem: "/var/lib/waydroid",
  }),
  keeps("data", ".local/share/gnome-boxes", "GNOME Boxes: the machines' disks", { packages: ["gnome-boxes"] }),
  keeps("data", ".config/VirtualBox", "VirtualBox: which machines there are", {
    nixos: ["virtualisation.virtualbox.host"],
  }),
  keeps("settings", ".vagrant.d", "Vagrant: boxes", { packages: ["vagrant"] }),
  keeps("login", ".config/gh", "gh: the login to GitHub", {
    home: ["gh"],
    packages: ["gh", "github-cli"],
    isPrivate: true,
  }),
  keeps("login", ".config/glab-cli", "glab: the login to GitLab", { packages: ["glab"], isPrivate: true }),
  keeps("settings", ".local/state/lazygit", "lazygit: repositories it knows", {
    home: ["lazygit"],
    packages: ["lazygit"],
  }),
  keeps("login", ".config/GitHub Desktop", "GitHub Desktop: the login", { packages: ["github-desktop"] }),
  keeps("login", ".gitkraken", "GitKraken: logins", { packages: ["gitkraken"] }),
  keeps("login", ".claude", "Claude Code: the login, and conversations", {
    home: ["claude-code"],
    packages: ["claude-code"],
    movedBy: [["home:home.sessionVariables.CLAUDE_CONFIG_DIR"]],
  }),
  keeps("login", ".codex", "Codex: the login, and conversations", {
    home: ["codex"],
    packages: ["codex"],
    movedBy: [["home:home.sessionVariables.CODEX_HOME"]],
  }),
  keeps("login", ".gemini", "Gemini CLI: the login, and conversations", {
    home: ["gemini-cli"],
    packages: ["gemini-cli", "gemini-cli-bin"],
  }),
  keeps("login", ".local/share/opencode", "opencode: logins, and conversations", {
    home: ["opencode"],
    packages: ["opencode"],
  }),
  keeps("settings", ".ollama", "Ollama: models", { home: ["services.ollama"] }),
  keeps("settings", ".lmstudio", "LM Studio: models", { packages: ["lmstudio"] }),
  keeps("login", ".aws", "AWS: credentials", {
    home: ["awscli"],
    packages: ["awscli2", "awscli"],
    declaredBy: ["home:programs.awscli.credentials"],
    isPrivate: true,
  }),
  keeps("login", ".config/gcloud", "Google Cloud: credentials", { packages: ["google-cloud-sdk"], isPrivate: true }),
  keeps("login", ".azure", "Azure: credentials", { packages: ["azure-cli"], isPrivate: true }),
  keeps("login", ".config/doctl", "DigitalOcean: credentials", { packages: ["doctl"], isPrivate: true }),
  keeps("login", ".config/hcloud", "Hetzner Cloud: credentials", { packages: ["hcloud"], isPrivate: true }),
  keeps("login", ".fly", "Fly.io: credentials", { packages: ["flyctl"], isPrivate: true }),
  keeps("login", ".kube", "Kubernetes: clusters and credentials", {
    packages: ["kubectl"],
    movedBy: [["home:home.sessionVariables.KUBECONFIG"]],
    isPrivate: true,
  }),
  keeps("login", ".config/cachix", "Cachix: the login", { packages: ["cachix"], isPrivate: true }),
  keeps("settings", ".docker", "docker: logins to registries", {
    packages: ["docker", "docker-client"],
    movedBy: [["home:home.sessionVariables.DOCKER_CONFIG"]],
  }),
  keeps("settings", ".cargo", "cargo: programs installed by hand, and the login to crates.io", {
    packages: ["cargo", "rustup"],
    movedBy: [["home:home.sessionVariables.CARGO_HOME"]],
  }),
  keeps("settings", ".rustup", "rustup: toolchains", {
    packages: ["rustup"],
    movedBy: [["home:home.sessionVariables.RUSTUP_HOME"]],
  }),
  keeps("settings", ".local/share/uv", "uv: tools and Pythons installed with it", { home: ["uv"], packages: ["uv"] }),
  keeps("settings", ".local/share/devenv", "devenv: what it knows of projects", { packages: ["devenv"] }),
  keeps("login", ".local/share/DBeaverData", "DBeaver: connections and scripts", { packages: ["dbeaver-bin"] }),
  keeps("data", ".config/Insomnia", "Insomnia: requests", { packages: ["insomnia"] }),
  keeps("login", ".config/Postman", "Postman: the login", { packages: ["postman"] }),
  keeps("settings", ".config/wireshark", "Wireshark: profiles", { nixos: ["wireshark"], packages: ["wireshark"] }),
  keeps("settings", ".BurpSuite", "Burp Suite: settings and licence", { packages: ["burpsuite"] }),
  keeps("settings", ".arduino15", "Arduino: boards and libraries", { packages: ["arduino", "arduino-ide"] }),
  keeps("settings", ".config/godot", "Godot: projects it knows, settings", { packages: ["godot", "godot_4"] }),
];
