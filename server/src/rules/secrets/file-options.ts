/** Options that name keys, tokens or environments with them and do not say so in their last name, or stand elsewhere. */
export const FILE_OPTIONS: readonly string[] = [
  "boot.initrd.network.ssh.hostKeys",
  "networking.wg-quick.interfaces.*.configFile",
  "nix.settings.netrc-file",
  "nix.settings.secret-key-files",
  "services.gitlab-runner.services.*.authenticationTokenConfigFile",
  "services.gitlab-runner.services.*.registrationConfigFile",
  "services.matrix-synapse.extraConfigFiles",
  "services.restic.backups.*.repositoryFile",
  "services.snapraid.contentFiles",
  "virtualisation.oci-containers.containers.*.environmentFiles",
  "virtualisation.oci-containers.containers.*.login.passwordFile",
];
