import type { Place } from "../../eval/origin.ts";
import { NixPath } from "../../eval/value.ts";
import type { Host, Known } from "../../host/host.ts";
import { normalise } from "../../host/paths.ts";
import { type Child, childrenOf, nameAt, read, readBoolean, readString, setAt } from "../../host/read-values.ts";
import { known } from "../../host/verdict.ts";
import type { OptionNode } from "../../modules/option-node.ts";

/** A secret that agenix or sops-nix decrypts on the host. */
export interface DeclaredSecret {
  readonly tool: "agenix" | "sops-nix";
  readonly name: string;
  /** The attribute that declares it. */
  readonly place: Place | undefined;
  readonly node: OptionNode;
  /** Where it lies on the running host. */
  readonly path: Known<string> | undefined;
  /** Who may read it: the account, root where nothing says another. */
  readonly owner: Known<string>;
  readonly ownerPlace: Place | undefined;
  /** Decrypted before accounts exist. */
  readonly isEarly: Known<boolean>;
}

/** The secrets that are certainly declared. */
export function declaredSecrets({ config }: Host): readonly DeclaredSecret[] {
  return [
    ...childrenOf(config.at("sops", "secrets")).flatMap((child) => secretOf("sops-nix", child)),
    ...childrenOf(config.at("age", "secrets")).flatMap((child) => secretOf("agenix", child)),
  ];
}

function secretOf(tool: DeclaredSecret["tool"], { name, node, certain }: Child): DeclaredSecret[] {
  if (certain.answer !== "yes") return [];
  const owner = readString(node.child("owner")) ?? ownerById(tool, node);
  return [
    {
      ...{ tool, name, node, owner, place: nameAt(node), path: readString(node.child("path")) },
      ownerPlace: setAt(node.child("owner")),
      isEarly: tool === "agenix" ? known(true) : (readBoolean(node.child("neededForUsers")) ?? known(false)),
    },
  ];
}

/**
 * By its number in sops-nix, which says nothing of the name; root otherwise, which agenix writes as 0. A secret of agenix
 * without a file is declared somewhere else, and so may its owner be.
 */
function ownerById(tool: DeclaredSecret["tool"], node: OptionNode): Known<string> {
  if (tool === "agenix" && FILES.every((name) => node.child(name).isDefined() === false))
    return { known: false, why: "nothing here says from which file it comes", place: nameAt(node) };
  const uid = node.child("uid");
  return uid.isDefined() === false ? known("root") : { known: false, why: "its owner is a number", place: setAt(uid) };
}

/** What agenix and agenix-rekey name the file of a secret by; one of them has to be there. */
const FILES = ["file", "rekeyFile", "generator", "intermediary"];

export interface EncryptedFile {
  readonly path: string;
  /** Where it is named. */
  readonly place: Place | undefined;
  /** A path, which is copied to the store when the configuration is evaluated; a text may name what is not there. */
  readonly isPath: boolean;
}

/** The encrypted file of the workspace that a secret comes from, with where it is named; undefined where that is not known. */
export function encryptedFile({ config }: Host, { tool, node }: DeclaredSecret): EncryptedFile | undefined {
  const own = node.child(tool === "agenix" ? "file" : "sopsFile");
  const option = own.isDefined() === false && tool === "sops-nix" ? config.at("sops", "defaultSopsFile") : own;
  if (option.isDefined() === false) return undefined;
  const reading = read(option);
  if (reading.state !== "set") return undefined;
  const { value, place } = reading;
  if (value instanceof NixPath) return { path: value.path, place, isPath: true };
  const isAbsolute = typeof value === "string" && value.startsWith("/");
  return isAbsolute ? { path: normalise(value), place, isPath: false } : undefined;
}
