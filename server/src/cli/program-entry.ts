/** Runs the command that the arguments ask for. */
export async function run(): Promise<void> {
  if (process.argv[2] !== "remote") return (await import("./program.ts")).runLocalCommand();
  const { evaluateWith } = await import("./remote/open-configuration.ts");
  evaluateWith(async (folder) => (await import("./remote/configured-host.ts")).openConfiguration(folder));
  await (await import("./remote/main.ts")).runRemoteCommand();
}
