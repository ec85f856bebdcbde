/**
 * What rdp-sec-check would say of a server: its questions (three layers, then each encryption method by
 * itself behind a request without negotiation data), and how it reads the answers. It needs Perl modules that
 * Debian has not; only its findings are wanted here, with the raw bytes beside them.
 */
import { askRaw } from "./layers-view.ts";
import { standardSecurityView } from "./standard-security-view.ts";

const LAYERS = { rdp: 0x00, ssl: 0x01, hybrid: 0x03 } as const;

/** What it takes a selectedProtocol for, under each question. */
const SELECTED = { rdp: 0, ssl: 1, hybrid: 2 } as const;

const METHODS = [0x01, 0x02, 0x08, 0x10] as const;

export interface SecCheckView {
  readonly layers: Readonly<Record<keyof typeof LAYERS, boolean>>;
  /** Methods that the server takes when they alone are offered. */
  readonly methods: readonly number[];
}

interface Server {
  readonly host: string;
  readonly port: number;
}

export const secCheckView = async (server: Server): Promise<SecCheckView> => {
  const methods: number[] = [];
  for (const method of METHODS) {
    const answer = await standardSecurityView(server, { request: "none", methods: method });
    if (answer?.encryptionMethod === method) methods.push(method);
  }
  return {
    layers: {
      rdp: await takes(server, "rdp"),
      ssl: await takes(server, "ssl"),
      hybrid: await takes(server, "hybrid"),
    },
    methods,
  };
};

/** It reads one TPKT, and the lowest byte of the protocol in one of 19 bytes. */
const takes = async (server: Server, layer: keyof typeof LAYERS): Promise<boolean> => {
  const { received } = await askRaw(server, LAYERS[layer]);
  const bytes = Buffer.from(received, "hex");
  if (bytes[3] === 11) return layer === "rdp";
  return bytes[3] === 19 && bytes[11] === 2 && bytes[15] === SELECTED[layer];
};
