import type { InitializeParams } from "vscode-languageserver";
import type { InitializationOptions } from "../protocol.ts";

/** What the client can do, as far as it changes what we send. */
export interface ClientCapabilities {
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
  /** The client takes our status notification. */
  readonly status: boolean;
}

export function readCapabilities({ capabilities, initializationOptions }: InitializeParams): ClientCapabilities {
  const { textDocument, workspace } = capabilities;
  const pull = textDocument?.diagnostic !== undefined;
  const push = textDocument?.publishDiagnostics;
  return {
    pullDiagnostics: pull,
    refreshDiagnostics: workspace?.diagnostics?.refreshSupport === true,
    // Some clients name what diagnostics may hold in one of the two places only.
    codeDescription: (textDocument?.diagnostic?.codeDescriptionSupport ?? push?.codeDescriptionSupport) === true,
    relatedInformation: (textDocument?.diagnostic?.relatedInformation ?? push?.relatedInformation) === true,
    documentChanges: workspace?.workspaceEdit?.documentChanges === true,
    configuration: workspace?.configuration === true,
    configurationRegistration: workspace?.didChangeConfiguration?.dynamicRegistration === true,
    watchedFiles: workspace?.didChangeWatchedFiles?.dynamicRegistration === true,
    workspaceFolders: workspace?.workspaceFolders === true,
    isPreferred: textDocument?.codeAction?.isPreferredSupport === true,
    status: (initializationOptions as InitializationOptions | undefined)?.status === true,
  };
}
