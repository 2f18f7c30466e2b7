import * as vscode from "vscode";
import type { CheckerServer } from "../language-client.ts";
import { Approvals } from "./approvals.ts";
import { DiffView } from "./diff-view.ts";
import { HostBook } from "./host-book.ts";
import { HostFiles } from "./host-files.ts";
import { HostsView } from "./hosts-view.ts";
import { RemoteCalls } from "./remote-calls.ts";
import { ResultDocuments } from "./result-documents.ts";

/** Everything of the window that has to do with hosts over ssh. */
export class RemoteSide implements vscode.Disposable {
  readonly approvals: Approvals;
  readonly log = vscode.window.createOutputChannel("Nix Impermanence: ssh");
  readonly documents = new ResultDocuments();
  readonly files = new HostFiles();
  readonly diff = new DiffView();
  private later: { readonly calls: RemoteCalls; readonly book: HostBook; readonly hosts: HostsView } | undefined;

  constructor(state: vscode.Memento) {
    this.approvals = new Approvals(state);
  }

  get calls(): RemoteCalls {
    return this.started.calls;
  }

  get book(): HostBook {
    return this.started.book;
  }

  get hosts(): HostsView {
    return this.started.hosts;
  }

  /** Shows the views of hosts; before it only what the server may ask at its start is there. */
  start(server: CheckerServer, state: vscode.Memento): void {
    const calls = new RemoteCalls(server, this.log);
    const book = new HostBook(state, calls);
    this.later = { calls, book, hosts: new HostsView(server, book) };
  }

  dispose(): void {
    this.later?.hosts.dispose();
    this.later?.book.dispose();
    this.diff.dispose();
    this.files.dispose();
    this.documents.dispose();
    this.log.dispose();
  }

  private get started() {
    if (!this.later) throw new Error("The views of hosts have not been started.");
    return this.later;
  }
}
