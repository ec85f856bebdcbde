/** The exporter as a whole: whatever a connection says, it answers or hangs up, and goes on to answer others. */
import { once } from "node:events";
import { connect } from "node:net";
import { runExporter } from "../../e2e/exporter/running-exporter.ts";
import { expectThat, type FuzzTarget } from "../target.ts";

const HEADS = [
  "GET /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
  "GET /probe?target=[::1]:x&module=quick HTTP/1.1\r\nHost: x\r\nX-Prometheus-Scrape-Timeout-Seconds: 1\r\nConnection: close\r\n\r\n",
  "GET /probes/1 HTTP/1.0\r\nAuthorization: Basic YTpi\r\n\r\n",
  "POST /-/reload HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
  "GET / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
];

let running: Promise<Awaited<ReturnType<typeof runExporter>>> | null = null;
let count = 0;

export const EXPORTER_TARGET: FuzzTarget = {
  ...{ name: "exporter", source: "src/exporter/http-front.ts", form: "text", maxBytes: 12_000 },
  seeds: () => HEADS.map((head) => new TextEncoder().encode(head)),
  run: async (bytes) => {
    // A probe of the real network is not what is fuzzed.
    if (/target=(?!\[::1\]:x)/.test(Buffer.from(bytes).toString("latin1"))) return;
    running ??= runExporter({ allowed: { allows: () => false } });
    const exporter = await running;
    const socket = connect(exporter.port, "127.0.0.1").on("error", () => {});
    let heard = "";
    socket.setEncoding("latin1").on("data", (text: string) => {
      heard += text;
    });
    socket.end(bytes);
    await once(socket, "close");
    expectThat(heard === "" || heard.startsWith("HTTP/1.1 "), "an answer that is no HTTP");
    expectThat(!/^HTTP\/1\.1 500/m.test(heard) && exporter.faults.length === 0, "an internal error");
    count += 1;
    if (count % 200 === 0)
      expectThat(
        (await fetch(`${exporter.url}/-/healthy`)).status === 200,
        "an exporter that answers nobody",
      );
  },
};
