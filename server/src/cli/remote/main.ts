import { newProgram, runProgram } from "../run-program.ts";
import { declareRemote } from "./remote-program.ts";

/** The program of `nix-impermanence remote`: what evaluates Nix is read when a host of a configuration is asked for. */

const program = newProgram();
declareRemote(program.command("remote"));
await runProgram(program);
