/** A client that knows nothing of rdprobe: an X.224 request by hand, then OpenSSL's TLS as Node has it. */
import { connect as connectTcp, type Socket } from "node:net";
import { type ConnectionOptions, connect as connectTls } from "node:tls";
import { fromHex } from "../../../src/bytes/hex.ts";

/** Asks for TLS, CredSSP, and CredSSP with early user authorization ([MS-RDPBCGR] 2.2.1.1). */
const REQUEST = fromHex("030000130ee00000000000 01 00 0800 0b000000");
const TPKT_HEADER_BYTES = 4;
/** Where a Connection Confirm has the type of its negotiation data, and the layer (2.2.1.2.1). */
const RESPONSE = { typeAt: 11, type: 2, selectedAt: 15, sizeBytes: 19 } as const;
const TLS_LAYERS: ReadonlySet<number> = new Set([1, 2, 8]);

export type IndependentOutcome =
  /** No Connection Confirm that selects one layer over TLS. */
  | { readonly kind: "no-tls" }
  | { readonly kind: "connects"; readonly protocol: string | null; readonly cipher: string }
  /** OpenSSL's code of the fault, or what ended the connection. */
  | { readonly kind: "fails"; readonly code: string };

export interface IndependentOptions {
  /** For each of: the confirm, the handshake. */
  readonly patienceMs: number;
  /** How long an alert after the handshake is waited for: what TLS 1.3 says to a client's Finished. */
  readonly graceMs?: number;
}

/** Everything that OpenSSL has and that authenticates the server, of every strength; no certificate is verified. */
const LENIENT: ConnectionOptions = {
  rejectUnauthorized: false,
  minVersion: "TLSv1",
  ciphers: "ALL:!aNULL:@SECLEVEL=0",
};

const GRACE_MS = 60;

/** One connection, to the end of the handshake. */
export const independentClient = async (
  { host, port }: { readonly host: string; readonly port: number },
  { patienceMs, graceMs = GRACE_MS }: IndependentOptions,
): Promise<IndependentOutcome> => {
  const socket = connectTcp({ host, port, noDelay: true });
  try {
    return (await isConfirmed(socket, patienceMs))
      ? await handshake(socket, patienceMs, graceMs)
      : { kind: "no-tls" };
  } finally {
    socket.destroy();
  }
};

/** Whether a layer over TLS is selected; what follows the confirm stays in the socket. */
const isConfirmed = (socket: Socket, patienceMs: number): Promise<boolean> =>
  new Promise((resolve) => {
    let received = Buffer.alloc(0);
    const settle = (isTls: boolean) => {
      clearTimeout(timer);
      socket.off("data", take).pause();
      resolve(isTls);
    };
    const take = (chunk: Buffer) => {
      received = Buffer.concat([received, chunk]);
      if (received.length < TPKT_HEADER_BYTES) return;
      const size = received.readUInt16BE(2);
      if (received.length < size) return;
      settle(size === RESPONSE.sizeBytes && selectsTls(received));
      if (received.length > size) socket.unshift(received.subarray(size));
    };
    const timer = setTimeout(settle, patienceMs, false);
    socket
      .on("data", take)
      .on("error", () => settle(false))
      .on("end", () => settle(false));
    socket.write(REQUEST);
  });

const selectsTls = (confirm: Buffer): boolean =>
  confirm[RESPONSE.typeAt] === RESPONSE.type && TLS_LAYERS.has(confirm.readUInt32LE(RESPONSE.selectedAt));

const handshake = (socket: Socket, patienceMs: number, graceMs: number): Promise<IndependentOutcome> =>
  new Promise((resolve) => {
    const secured = connectTls({ ...LENIENT, socket });
    const settle = (outcome: IndependentOutcome) => {
      clearTimeout(timer);
      secured.destroy();
      resolve(outcome);
    };
    const timer = setTimeout(settle, patienceMs, { kind: "fails", code: "timeout" });
    secured
      .on("error", (fault: NodeJS.ErrnoException) =>
        settle({ kind: "fails", code: fault.code ?? fault.message }),
      )
      .on("secureConnect", () => {
        const outcome = {
          kind: "connects",
          protocol: secured.getProtocol(),
          cipher: secured.getCipher().name,
        } as const;
        clearTimeout(timer);
        secured.on("close", () => settle(outcome));
        setTimeout(settle, graceMs, outcome);
      })
      .resume();
  });
