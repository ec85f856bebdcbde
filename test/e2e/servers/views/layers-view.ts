/** Which layers a server takes, read from the raw bytes of its answers without our decoders. */
import type { ProtocolId } from "../../../../src/x224/protocols.ts";
import { type RawAnswer, rawExchange } from "../../../support/raw-exchange.ts";

/** Accepted; or refused: with a failure code, or with 0 where another layer or a disconnection is the answer. */
export type LayerView = "accepted" | number;

/** requestedProtocols that asks about each layer, as clients combine them. */
const REQUESTED: Readonly<Record<ProtocolId, number>> = {
  rdp: 0x00,
  ssl: 0x01,
  hybrid: 0x03,
  rdstls: 0x05,
  "hybrid-ex": 0x0b,
  rdsaad: 0x10,
};

const BIT: Readonly<Record<ProtocolId, number>> = {
  rdp: 0x00,
  ssl: 0x01,
  hybrid: 0x02,
  rdstls: 0x04,
  "hybrid-ex": 0x08,
  rdsaad: 0x10,
};

interface Server {
  readonly host: string;
  readonly port: number;
}

/** Asks for each layer on a connection of its own. */
export const layersView = async (server: Server): Promise<Readonly<Record<ProtocolId, LayerView>>> => {
  const view = async (id: ProtocolId): Promise<LayerView> =>
    layerOf(await askRaw(server, REQUESTED[id]), BIT[id]);
  return {
    rdp: await view("rdp"),
    ssl: await view("ssl"),
    hybrid: await view("hybrid"),
    rdstls: await view("rdstls"),
    "hybrid-ex": await view("hybrid-ex"),
    rdsaad: await view("rdsaad"),
  };
};

/** The raw answer to a Connection Request that asks for these protocols. */
export const askRaw = (server: Server, requestedProtocols: number): Promise<RawAnswer> => {
  const mask = requestedProtocols.toString(16).padStart(2, "0");
  return rawExchange(server, `030000130ee0000000000001000800${mask}000000`);
};

/** A Connection Confirm of 19 bytes: type at 11, then selectedProtocol or failureCode at 15. */
export const selectedIn = ({ received }: RawAnswer): number | null => {
  const bytes = Buffer.from(received, "hex");
  if (bytes[5] !== 0xd0) return null;
  if (bytes[3] === 11) return 0;
  return bytes[11] === 2 ? bytes.readUInt32LE(15) : null;
};

const layerOf = (answer: RawAnswer, bit: number): LayerView => {
  const bytes = Buffer.from(answer.received, "hex");
  const isTakenBack = bytes.length > (bytes[3] ?? 0);
  if (selectedIn(answer) === bit && !isTakenBack) return "accepted";
  return bytes[5] === 0xd0 && bytes[11] === 3 ? bytes.readUInt32LE(15) : 0;
};
