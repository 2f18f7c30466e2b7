import { readFileSync, writeFileSync } from "node:fs";
import { connect, createServer, type Server, type Socket } from "node:net";
import { join } from "node:path";
import type { TestHost } from "./test-host.ts";

/** A link to a host that is slow, or that breaks. Whoever wants to use it takes its `configFile`. */
export class Relay {
  /** Milliseconds that everything needs in each direction. */
  delay = 0;
  /** Bytes of the host after which the link breaks. */
  breaksAfter = Number.POSITIVE_INFINITY;
  /** Bytes of the host so far, over all connections. */
  bytes = 0;
  configFile = "";
  readonly #sockets = new Set<Socket>();
  readonly #server: Server;

  private constructor(port: number) {
    this.#server = createServer((near) => {
      const far = connect(port, "127.0.0.1");
      this.#pass(near, far, false);
      this.#pass(far, near, true);
    });
  }

  static async to(host: TestHost): Promise<Relay> {
    const port = Number(readFileSync(join(host.folder, "port"), "utf8"));
    const relay = new Relay(port);
    await new Promise<void>((done) => relay.#server.listen(0, "127.0.0.1", done));
    relay.configFile = join(host.folder, "ssh_relay");
    const own = (relay.#server.address() as { port: number }).port;
    const lines = [`HostKeyAlias [127.0.0.1]:${port}`, `Port ${own}`, readFileSync(host.configFile, "utf8")];
    writeFileSync(relay.configFile, lines.join("\n"));
    return relay;
  }

  close(): void {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
  }

  #pass(from: Socket, to: Socket, counts: boolean): void {
    this.#sockets.add(from);
    from.setNoDelay(true);
    from.on("error", () => {});
    from.on("close", () => setTimeout(() => to.destroy(), this.delay));
    from.on("data", (bytes) => {
      if (counts) this.bytes += bytes.length;
      // What was on its way is lost, as of a cable that is pulled out.
      if (this.bytes > this.breaksAfter) for (const socket of [from, to]) socket.destroy();
      else if (this.delay === 0) to.write(bytes);
      else setTimeout(() => to.writable && to.write(bytes), this.delay);
    });
  }
}
