import type {
  CodeActionClientCapabilities,
  CompletionItemKind,
  InitializeParams,
  MarkupKind,
} from "vscode-languageserver";
import type { InitializationOptions } from "../protocol.ts";

/** What the client can do, as far as it changes what we send. */
export interface ClientCapabilities {
  /** It asks for findings. One that cannot be told to ask again, but can be sent them, is sent them. */
  readonly pullDiagnostics: boolean;
  readonly refreshDiagnostics: boolean;
  readonly codeDescription: boolean;
  readonly relatedInformation: boolean;
  readonly documentChanges: boolean;
  readonly configuration: boolean;
  readonly configurationRegistration: boolean;
  readonly watchedFiles: boolean;
  readonly workspaceFolders: boolean;
  readonly isPreferred: boolean;
  /** Fixes may be given as they are, rather than as names of commands. */
  readonly codeActionLiterals: boolean;
  /** What texts about a place are written in. */
  readonly hoverFormat: MarkupKind;
  readonly documentationFormat: MarkupKind;
  /** Whether the client knows this kind of a completion. */
  readonly knowsKind: (kind: CompletionItemKind) => boolean;
  /** The client takes our status notification. */
  readonly status: boolean;
}

/** Kinds that every client knows: those of the first version of the protocol. */
const FIRST_KINDS = 18;

/** Some clients write null for what they do not have. */
export function readCapabilities({ capabilities, initializationOptions }: InitializeParams): ClientCapabilities {
  const { textDocument, workspace } = capabilities ?? {};
  const push = textDocument?.publishDiagnostics;
  // Helix and others that are written with the crate lsp-types call it `diagnostic`.
  const misspelt = (workspace as { diagnostic?: { refreshSupport?: boolean } | null } | undefined)?.diagnostic;
  const refresh = (workspace?.diagnostics ?? misspelt)?.refreshSupport === true;
  const hoverFormat = textDocument?.hover?.contentFormat?.[0] ?? "markdown";
  const completion = textDocument?.completion;
  const kinds = completion?.completionItemKind?.valueSet;
  return {
    // An edit of one file changes the findings of others, of which Eglot in Emacs 31 would not hear otherwise.
    pullDiagnostics: isThere(textDocument?.diagnostic) && (refresh || !isThere(push)),
    refreshDiagnostics: refresh,
    // Some clients name what diagnostics may hold in one of the two places only.
    codeDescription: (textDocument?.diagnostic?.codeDescriptionSupport ?? push?.codeDescriptionSupport) === true,
    relatedInformation: (textDocument?.diagnostic?.relatedInformation ?? push?.relatedInformation) === true,
    documentChanges: workspace?.workspaceEdit?.documentChanges === true,
    configuration: workspace?.configuration === true,
    configurationRegistration: workspace?.didChangeConfiguration?.dynamicRegistration === true,
    watchedFiles: workspace?.didChangeWatchedFiles?.dynamicRegistration === true,
    workspaceFolders: workspace?.workspaceFolders === true,
    isPreferred: textDocument?.codeAction?.isPreferredSupport === true,
    codeActionLiterals: takesLiterals(textDocument?.codeAction),
    hoverFormat,
    // Clients that render one kind of text commonly name it for hovers only.
    documentationFormat: completion?.completionItem?.documentationFormat?.[0] ?? hoverFormat,
    knowsKind: (kind) => (kinds ? kinds.includes(kind) : kind <= FIRST_KINDS),
    status: (initializationOptions as InitializationOptions | undefined)?.status === true,
  };
}

/** Nothing but a literal can be preferred. */
function takesLiterals(actions: CodeActionClientCapabilities | null | undefined): boolean {
  return isThere(actions?.codeActionLiteralSupport) || actions?.isPreferredSupport === true;
}

function isThere(capability: object | null | undefined): boolean {
  return capability !== undefined && capability !== null;
}
