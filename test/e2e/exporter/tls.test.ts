import { once } from "node:events";
import { request } from "node:https";
import { connect } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { mintCertificate } from "../../../src/lab/certificates/certificates.ts";
import { type RunningExporter, runExporter } from "./running-exporter.ts";

const DAY_MS = 86_400_000;
const validity = { notBefore: new Date(Date.now() - DAY_MS), notAfter: new Date(Date.now() + DAY_MS) };
const authority = mintCertificate({
  commonName: "Test CA",
  key: "ec-p256",
  ca: true,
  freshKey: true,
  ...validity,
});
const server = mintCertificate({
  commonName: "exporter",
  subjectAltNames: ["IP:127.0.0.1"],
  issuer: authority,
  ...validity,
});
const known = mintCertificate({
  commonName: "prometheus",
  issuer: authority,
  extendedKeyUsage: ["clientAuth"],
  ...validity,
});
const stranger = mintCertificate({ commonName: "stranger", extendedKeyUsage: ["clientAuth"], ...validity });

let exporter: RunningExporter;
beforeAll(async () => {
  exporter = await runExporter({
    tls: {
      cert: Buffer.from(server.chainPem),
      key: Buffer.from(server.keyPem),
      clientCa: Buffer.from(authority.certificatePem),
      minVersion: "TLSv1.2",
    },
  });
});
afterAll(() => exporter[Symbol.asyncDispose]());

interface ClientOptions {
  readonly key?: string;
  readonly cert?: string;
  readonly maxVersion?: "TLSv1.1" | "TLSv1.2";
}

/** The status, or the error of a connection that was not let in. */
const statusOf = (options: ClientOptions): Promise<number | string> =>
  new Promise((resolve) => {
    const url = `https://127.0.0.1:${exporter.port}/-/healthy`;
    request(url, { ca: authority.certificatePem, agent: false, ...options }, (response) => {
      response.resume().once("end", () => resolve(response.statusCode ?? 0));
    })
      .once("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message))
      .end();
  });

describe("TLS with client certificates", () => {
  it("lets in who shows one that the CA signed, and nobody else", async () => {
    const withKnown = { key: known.keyPem, cert: known.certificatePem };
    expect(await statusOf(withKnown)).toBe(200);
    expect(await statusOf({ ...withKnown, maxVersion: "TLSv1.2" })).toBe(200);
    expect(await statusOf({})).toEqual(expect.any(String));
    expect(await statusOf({ key: stranger.keyPem, cert: stranger.certificatePem })).toEqual(
      expect.any(String),
    );
  });

  it("takes nothing older than the version that is said", async () => {
    expect(await statusOf({ key: known.keyPem, cert: known.certificatePem, maxVersion: "TLSv1.1" })).toEqual(
      expect.any(String),
    );
  });

  it.each([
    ["plain HTTP", "GET / HTTP/1.1\r\nHost: x\r\n\r\n"],
    ["garbage", "\u0016\u0003\u0001\uffff\u0000\u0000"],
    ["nothing", ""],
  ])("outlives %s", async (_what, bytes) => {
    const socket = connect(exporter.port, "127.0.0.1").on("error", () => undefined);
    socket.resume().write(bytes);
    await once(socket, "close");
    expect(await statusOf({ key: known.keyPem, cert: known.certificatePem })).toBe(200);
    expect(exporter.faults).toEqual([]);
  });
});
