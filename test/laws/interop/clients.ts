/** What a client makes of a server, seen by our own client and by OpenSSL's, as Node has it. */
import { createHash } from "node:crypto";
import { connect } from "node:net";
import { connect as connectTls, type TLSSocket } from "node:tls";
import { cipherSuiteByName } from "../../../src/tls/tables/cipher-suites.ts";
import { createTlsClient, type TlsClient } from "../../../src/tls/client/tls-client.ts";
import { sizeInBits } from "../../../src/tls/wire/server-key-exchange.ts";
import { TLS_VERSION } from "../../../src/tls/tables/versions.ts";
import { TLS_ENTROPY } from "../../../src/transport/entropy/tls-entropy.ts";
import { type HelloOffer, nodeOptionsOf, profileOf } from "./hellos.ts";
import { HOST } from "./servers.ts";

export interface Seen {
  /** The handshake came through, and the server answered a request under its keys. */
  readonly connected: boolean;
  readonly negotiated: {
    readonly version: number;
    readonly suite: number;
    /** Null without one. */
    readonly group: number | null;
    /** Null without a finite field of TLS 1.2 and before. */
    readonly dhBits: number | null;
    /** SHA-256 of the leaf, in hex. */
    readonly leaf: string;
  } | null;
  /** Of ours alone. */
  readonly chainLength: number | null;
  /** What ended it, for people. */
  readonly end: string;
}

const REQUEST = Buffer.from("GET / HTTP/1.0\r\n\r\n");
const PATIENCE_MS = 8000;

/** What there is of a session: nothing is compared where no handshake came through. */
const NOTHING = { connected: false, negotiated: null, chainLength: null } as const;

export const seenByUs = (port: number, offer: HelloOffer): Promise<Seen> =>
  new Promise((resolve) => {
    const client = createTlsClient({
      ...{ profile: profileOf(offer), serverName: "rdp.example", isAddress: false, entropy: TLS_ENTROPY },
      onSecret: null,
    });
    const socket = connect(port, HOST);
    let hasAsked = false;
    const settle = (connected: boolean, end: string): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve({ ...readingOf(client), connected, end });
    };
    const timer = setTimeout(() => settle(false, "time-out"), PATIENCE_MS);
    const send = (): void => {
      const bytes = client.output();
      if (bytes !== null) socket.write(bytes);
    };
    socket
      .on("connect", send)
      .on("error", (error) => settle(false, error.message))
      .on("close", () => settle(false, `closed: ${JSON.stringify(client.reading().outcome)}`))
      .on("data", (chunk) => {
        client.receive(Uint8Array.from(chunk));
        send();
        const { outcome, sessionAlert, sessionFault } = client.reading();
        if (outcome.kind === "established" && !hasAsked) {
          hasAsked = true;
          socket.write(client.seal(REQUEST));
        }
        if (client.opened() !== null) settle(true, "answered");
        else if (outcome.kind !== "handshaking" && outcome.kind !== "established") {
          settle(false, JSON.stringify(outcome));
        } else if (sessionAlert !== null || sessionFault !== null) {
          settle(false, JSON.stringify({ sessionAlert, sessionFault }));
        }
      });
  });

const readingOf = (client: TlsClient): Omit<Seen, "connected" | "end"> => {
  const { outcome, flight } = client.reading();
  if (outcome.kind !== "established") return NOTHING;
  const { version, cipherSuite, group } = outcome.witness;
  const { keyExchange, certificates } = flight;
  return {
    negotiated: {
      ...{ version, suite: cipherSuite, group },
      dhBits: keyExchange?.kind === "dhe" ? sizeInBits(keyExchange.prime) : null,
      leaf: sha256(certificates?.[0] ?? new Uint8Array(0)),
    },
    chainLength: certificates?.length ?? 0,
  };
};

export const seenByNode = (port: number, offer: HelloOffer): Promise<Seen> =>
  new Promise((resolve) => {
    let negotiated: Seen["negotiated"] = null;
    const options = { host: HOST, port, servername: "rdp.example", ...nodeOptionsOf(offer) };
    const socket = connectTls(options, () => {
      negotiated = negotiatedBy(socket);
      socket.write(REQUEST);
    });
    const settle = (connected: boolean, end: string): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve({ connected, negotiated, chainLength: null, end });
    };
    const timer = setTimeout(() => settle(false, "time-out"), PATIENCE_MS);
    socket
      .on("data", () => settle(true, "answered"))
      .on("error", (error) => settle(false, error.message))
      .on("close", () => settle(false, "closed"));
  });

const VERSIONS: Readonly<Record<string, number>> = {
  TLSv1: TLS_VERSION.tls10,
  "TLSv1.1": TLS_VERSION.tls11,
  "TLSv1.2": TLS_VERSION.tls12,
  "TLSv1.3": TLS_VERSION.tls13,
};

/** In the words of `getEphemeralKeyInfo`. */
const GROUPS: Readonly<Record<string, number>> = {
  X25519: 0x001d,
  prime256v1: 0x0017,
  secp384r1: 0x0018,
  secp521r1: 0x0019,
};

const negotiatedBy = (socket: TLSSocket): Seen["negotiated"] => {
  const key: object | null = socket.getEphemeralKeyInfo();
  const type = key !== null && "type" in key ? key.type : null;
  const name = key !== null && "name" in key ? String(key.name) : "";
  const size = key !== null && "size" in key ? Number(key.size) : 0;
  return {
    version: VERSIONS[socket.getProtocol() ?? ""] ?? 0,
    suite: cipherSuiteByName(socket.getCipher().standardName)?.code ?? 0,
    group: type === "ECDH" ? (GROUPS[name] ?? -1) : null,
    dhBits: type === "DH" ? size : null,
    leaf: sha256(socket.getPeerCertificate().raw),
  };
};

const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");
