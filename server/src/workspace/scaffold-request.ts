import { analyseHost, type CheckedHost } from "../ide/analysis.ts";
import { isMeant, type ScaffoldAnswers, type ScaffoldRequest, type Trial } from "../scaffold/request.ts";
import type { DiskWorkspace } from "./disk-workspace.ts";

/** A request about a workspace, which shows other texts until `end` is called. */
export interface WorkspaceScaffold extends ScaffoldRequest {
  end(): void;
}

/**
 * What the scaffold sees of a workspace. Trials lay documents over it; a host reads its files when it is asked, so those
 * of a trial stay until the next one. `shown` are texts that an editor has open, which come back at the end.
 */
export function scaffoldRequest(
  workspace: DiskWorkspace,
  hosts: readonly CheckedHost[],
  root: string,
  answers: ScaffoldAnswers,
  shown: ReadonlyMap<string, string> = new Map(),
): WorkspaceScaffold {
  const reference = hosts.find((one) => isMeant(answers, one))?.reference;
  const originals = new Map<string, string | undefined>();
  const read = (file: string): string | undefined => {
    const found = workspace.files.read(file);
    return "text" in found ? found.text : undefined;
  };
  const end = () => {
    for (const file of originals.keys()) {
      const text = shown.get(file);
      if (text === undefined) workspace.closeDocument(file);
      else workspace.openDocument(file, text);
    }
    workspace.refresh();
  };
  return {
    ...{ answers, hosts, root, end },
    text: (file) => (originals.has(file) ? originals.get(file) : read(file)),
    program: (file) => workspace.find(file),
    trial(texts): Trial {
      if (!reference) throw new Error(`there is no host ${answers.host}`);
      end();
      for (const file of texts.keys()) if (!originals.has(file)) originals.set(file, read(file));
      for (const [file, text] of texts) workspace.openDocument(file, text);
      workspace.refresh();
      const checked = analyseHost(workspace, reference);
      return {
        checked,
        findings: "findings" in checked ? checked.findings : [],
        program: (file) => workspace.find(file),
      };
    },
  };
}
