import type {
  DidChangeTextDocumentParams,
  DidCloseTextDocumentParams,
  DidOpenTextDocumentParams,
} from "vscode-languageserver";
import { TextDocument } from "vscode-languageserver-textdocument";

/**
 * The documents that a client shows, from what it tells of them. Both threads keep them, so they have to understand the
 * same: a version that one of them missed would make everything else of that document outdated.
 */
export class OpenDocuments {
  private readonly documents = new Map<string, TextDocument>();

  get(uri: string): TextDocument | undefined {
    return this.documents.get(uri);
  }

  all(): readonly TextDocument[] {
    return [...this.documents.values()];
  }

  /** `textDocument/didOpen`, also of a document that is open: the new text counts. */
  open({ textDocument: { uri, languageId, version, text } }: DidOpenTextDocumentParams): TextDocument {
    if (typeof uri !== "string" || typeof text !== "string")
      throw new Error("A document is opened with a URI and a text.");
    const document = TextDocument.create(uri, languageId ?? "nix", version ?? 0, text);
    this.documents.set(uri, document);
    return document;
  }

  /**
   * `textDocument/didChange`; undefined for a document that is not open. Not all clients count versions, some send null for
   * what is not there, and some tell of a new version without a change.
   */
  change({ textDocument, contentChanges }: DidChangeTextDocumentParams): TextDocument | undefined {
    const before = this.documents.get(textDocument.uri);
    if (!before) return undefined;
    const changes = contentChanges.map((change) =>
      "range" in change && change.range !== null ? change : { text: change.text },
    );
    const version = (textDocument.version as number | null | undefined) ?? before.version + 1;
    const document = TextDocument.update(before, changes, version);
    this.documents.set(document.uri, document);
    return document;
  }

  /** `textDocument/didClose`; undefined for a document that was not open. */
  close({ textDocument: { uri } }: DidCloseTextDocumentParams): TextDocument | undefined {
    const document = this.documents.get(uri);
    this.documents.delete(uri);
    return document;
  }
}
