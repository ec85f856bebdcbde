/** The questions of full depth about security layers, as a table: what each connection asks and for which layer. */
import { ENCRYPTION_METHODS, type EncryptionMethodName } from "../../mcs/encryption-methods.ts";
import { PROTOCOL, type ProtocolId } from "../../x224/protocols.ts";

/** requestedProtocols as real clients combine them, one row a layer (facts 2.1, 2.2). */
export const LAYER_QUESTIONS = [
  { purpose: "layer-rdp", layer: "rdp", requestedProtocols: PROTOCOL.rdp },
  { purpose: "layer-ssl", layer: "ssl", requestedProtocols: PROTOCOL.ssl },
  { purpose: "layer-hybrid", layer: "hybrid", requestedProtocols: PROTOCOL.ssl | PROTOCOL.hybrid },
  { purpose: "layer-rdstls", layer: "rdstls", requestedProtocols: PROTOCOL.ssl | PROTOCOL.rdstls },
  { purpose: "layer-rdsaad", layer: "rdsaad", requestedProtocols: PROTOCOL.rdsaad },
] as const satisfies readonly LayerRow[];

interface LayerRow {
  readonly purpose: `layer-${ProtocolId}`;
  readonly layer: ProtocolId;
  readonly requestedProtocols: number;
}

export type LayerQuestion = (typeof LAYER_QUESTIONS)[number];

export type MethodPurpose = `method-${EncryptionMethodName}`;

/** One method of Standard RDP Security alone, the weakest first. */
export const METHOD_QUESTIONS: readonly {
  readonly purpose: MethodPurpose;
  readonly method: EncryptionMethodName;
  readonly bit: number;
}[] = ENCRYPTION_METHODS.map(({ bit, name }) => ({ purpose: `method-${name}`, method: name, bit }));

/** The main offer once more without cookie or routing token: what those change. */
export const WITHOUT_ROUTING = "without-routing";

/** What a connection of the layers plan is for. */
export type LayerPurpose = LayerQuestion["purpose"] | MethodPurpose | typeof WITHOUT_ROUTING;

export const LAYER_PURPOSES: readonly LayerPurpose[] = [
  ...LAYER_QUESTIONS.map(({ purpose }) => purpose),
  ...METHOD_QUESTIONS.map(({ purpose }) => purpose),
  WITHOUT_ROUTING,
];

/** The layer that a connection asks about, or null where it was made for something else. */
export const layerAskedBy = (purpose: string): ProtocolId | null =>
  LAYER_QUESTIONS.find((question) => question.purpose === purpose)?.layer ?? null;
