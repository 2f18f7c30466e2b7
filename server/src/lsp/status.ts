import type { Connection } from "vscode-languageserver";
import { type FileStatus, methods, type Status } from "../protocol.ts";
import type { Session } from "./session.ts";

/** An analysis that takes less than this many milliseconds is over before a person sees that it runs. */
const NOTICEABLE = 200;

/** Tells a client that wants to hear it what the checker knows. */
export class StatusChannel {
  private readonly connection: Connection;
  private readonly session: Session;
  private last: Status = { busy: false, files: [] };

  constructor(connection: Connection, session: Session) {
    this.connection = connection;
    this.session = session;
  }

  /** An analysis is about to run. */
  busy(): void {
    const { elapsed = NOTICEABLE } = this.session;
    if (!this.last.busy && elapsed >= NOTICEABLE) this.send({ ...this.last, busy: true });
  }

  /** Results are there. */
  ready(): void {
    const { elapsed } = this.session;
    this.send({ busy: false, files: this.files(), ...(elapsed === undefined ? {} : { elapsed }) });
  }

  private files(): FileStatus[] {
    const { hosts } = this.session.analysis();
    const findings = this.session.findings();
    return this.session.openFiles.map((file) => {
      const names = hosts.filter((host) => host.files.has(file)).map(({ host }) => host.name);
      const own = findings.filter((finding) => finding.hosts.some((name) => names.includes(name)));
      return {
        uri: this.session.uri(file),
        hosts: names,
        findings: own.length,
        findingsInFile: own.filter(({ at }) => at.file === file).length,
      };
    });
  }

  private send(status: Status): void {
    this.last = status;
    void this.connection.sendNotification(methods.status, status);
  }
}
