import { type Connection, DidChangeConfigurationNotification } from "vscode-languageserver";
import { readSettings } from "../settings.ts";
import type { ClientCapabilities } from "./client-capabilities.ts";
import type { Session } from "./session.ts";

/** Brings the section `impermanence` of the client's settings into the session, now and after each change. */
export class ConfigurationChannel {
  private readonly connection: Connection;
  private readonly session: Session;
  private readonly client: ClientCapabilities;

  constructor(connection: Connection, session: Session, client: ClientCapabilities) {
    this.connection = connection;
    this.session = session;
    this.client = client;
  }

  /** Reads the settings for the first time and asks to be told of changes. Never rejects. */
  async start(): Promise<void> {
    if (!this.client.configuration) return;
    await this.pull();
    if (!this.client.configurationRegistration) return;
    try {
      await this.connection.client.register(DidChangeConfigurationNotification.type, { section: "impermanence" });
    } catch (error) {
      this.connection.console.warn(`Changes of the settings will be missed: ${error}`);
    }
  }

  /** `workspace/didChangeConfiguration`: clients that can be asked are asked, others send the settings along. */
  async changed(settings: unknown): Promise<void> {
    if (this.client.configuration) await this.pull();
    else this.use((settings as { impermanence?: unknown } | null | undefined)?.impermanence);
  }

  private async pull(): Promise<void> {
    try {
      this.use(await this.connection.workspace.getConfiguration("impermanence"));
    } catch (error) {
      this.connection.console.warn(`The settings could not be read, those from before hold: ${error}`);
    }
  }

  private use(section: unknown): void {
    const { settings, problems } = readSettings(section);
    for (const problem of problems) this.connection.console.warn(problem);
    this.session.applySettings(settings);
  }
}
