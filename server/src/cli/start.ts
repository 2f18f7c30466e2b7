/**
 * What runs first. Nothing is read before the way to a host is begun: reading the program takes as long as that way.
 */
if (process.argv[2] === "remote") await import("./remote/begin.ts");
await import("./main.ts");

export {};
