import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { launchBrowser } from "../host/browser.ts";
import { removeFolder, startVsCodeServer, temporaryFolder, type Version } from "../host/vscode-server.ts";
import { TestHost } from "../remote/test-host.ts";

export interface SuiteOptions {
  readonly version: Version;
  /** Only tests whose full name holds this text. */
  readonly grep?: string;
  readonly timeoutSeconds: number;
}

/** Mocha's own counts. */
export interface SuiteStats {
  readonly tests: number;
  readonly passes: number;
  readonly failures: number;
  readonly pending: number;
}

/**
 * Runs test/vscode/suite inside the extension host of a real VS Code window, on a copy of the example host, with the
 * extension loaded from this repository. What mocha prints is printed as it comes.
 *
 * @throws when the window or the extension host dies, or the tests do not end in time
 */
export async function runSuite(options: SuiteOptions): Promise<SuiteStats> {
  const root = process.cwd();
  const scratch = temporaryFolder("suite");
  // Also when this fails before the window is open.
  process.on("exit", () => removeFolder(scratch));
  const workspace = join(scratch, "hetzner-vps");
  const report = join(scratch, "report.txt");
  writeFileSync(report, "");
  cpSync(join(root, "examples", "hetzner-vps"), workspace, { recursive: true });

  // A machine to reach over ssh, gone with this process.
  const host = await TestHost.start();
  const settings = { "impermanence.remote.sshConfigFile": host.configFile };
  // What a hostile folder would say.
  const chosen = { sshConfigFile: "/nowhere/of-the-folder" };
  mkdirSync(join(workspace, ".vscode"));
  writeFileSync(
    join(workspace, ".vscode", "settings.json"),
    JSON.stringify({ "impermanence.remote": chosen, impermanence: { remote: chosen } }),
  );
  const server = await startVsCodeServer({
    version: options.version,
    settings,
    dataFolder: join(scratch, "vscode"),
    development: true,
    env: {
      TEST_REPORT: report,
      TEST_HOST_FOLDER: host.folder,
      TEST_DATA_FOLDER: join(scratch, "vscode"),
      ...(process.env.CI ? { CI: process.env.CI } : {}),
      ...(options.grep ? { TEST_GREP: options.grep } : {}),
    },
  });
  const stopFollowing = follow(report);
  const browser = await launchBrowser();
  const problems: string[] = [];
  let page: Page | undefined;
  try {
    page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    const url = server.windowUrl(workspace, [
      ["extensionDevelopmentPath", server.remoteUri(root)],
      ["extensionTestsPath", server.remoteUri(join(root, "out", "test", "index.js"))],
    ]);
    const stats = `${report}.json`;
    await untilTestsEnd(page, url, { log: server.logFile, stats, seconds: options.timeoutSeconds, problems });
    if (!existsSync(stats)) throw new Error("The tests ended without a report: the test entry did not load.");
    return JSON.parse(readFileSync(stats, "utf8")) as SuiteStats;
  } catch (error) {
    const screenshot = join(root, "build", "screenshots", `suite-${options.version}-failed.png`);
    mkdirSync(join(screenshot, ".."), { recursive: true });
    await page?.screenshot({ path: screenshot }).catch(() => undefined);
    for (const problem of problems) console.error(`The window logged: ${problem}`);
    throw error;
  } finally {
    stopFollowing();
    await browser.close();
    await server.stop();
    host.run("destroy");
  }
}

/** Opens the window and waits until VS Code says that the test entry's `run()` has ended, well or badly. */
async function untilTestsEnd(
  page: Page,
  url: string,
  { log, stats, seconds, problems }: { log: string; stats: string; seconds: number; problems: string[] },
): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  let watch: NodeJS.Timeout | undefined;
  const ended = new Promise<void>((resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`The tests did not end in ${seconds} s.`)), seconds * 1000);
    page.on("crash", () => reject(new Error("The page crashed.")));
    // VS Code's page calls these two when it was opened for tests.
    const exits = page.exposeFunction("codeAutomationExit", () => resolve());
    const logs = page.exposeFunction("codeAutomationLog", (level: string, args: unknown[]) => {
      if (level === "error") problems.push(args.map(String).join(" ").slice(0, 1000));
    });
    Promise.all([exits, logs])
      .then(() => page.goto(url, { waitUntil: "domcontentloaded" }))
      .catch(reject);
    // An extension host that dies says so in the server's log and nowhere else.
    watch = setInterval(() => {
      const died = /Extension Host Process exited with code: (\w+), signal: (\w+)/.exec(readFileSync(log, "utf8"));
      if (!died) return;
      // It also exits when all is done, and on a busy machine the page says so later than the log.
      if (existsSync(stats)) resolve();
      else reject(new Error(`The extension host exited (code ${died[1]}, signal ${died[2]}).`));
    }, 1000);
  });
  try {
    await ended;
  } finally {
    clearTimeout(timer);
    clearInterval(watch);
  }
}

/** Prints what is added to a file until the returned function is called. */
function follow(file: string): () => void {
  let printed = 0;
  const print = () => {
    const text = readFileSync(file);
    process.stdout.write(text.subarray(printed));
    printed = text.length;
  };
  const timer = setInterval(print, 100);
  return () => {
    clearInterval(timer);
    print();
  };
}
