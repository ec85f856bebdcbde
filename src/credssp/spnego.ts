/** SPNEGO (RFC 4178, [MS-SPNG]): the wrapping in which NTLM messages may travel inside a TSRequest. */
import { bad, type Decoded, done } from "../bytes/decoded.ts";
import { DER_TAG, type DerElement, encodeDer } from "../bytes/der.ts";
import { fromHex, toHex } from "../bytes/hex.ts";
import { Reader } from "../bytes/reader.ts";
import { type ContextField, contextFields, decodeTagged, encodeField, expectTag } from "./der.ts";
import { isNtlmMessage } from "./ntlm-message.ts";

const MAX_BYTES = 0x10000;
const SPNEGO_OID = "2b0601050502"; // 1.3.6.1.5.5.2

/** Mechanisms by the contents of their OBJECT IDENTIFIER ([MS-SPNG] 1.9). */
export const MECH_NAMES: Readonly<Record<string, string>> = {
  "2b06010401823702020a": "NTLMSSP", // 1.3.6.1.4.1.311.2.2.10
  "2b06010401823702021e": "NEGOEX", // 1.3.6.1.4.1.311.2.2.30
  "2a864886f712010202": "Kerberos", // 1.2.840.113554.1.2.2
  "2a864882f712010202": "MS-Kerberos", // 1.2.840.48018.1.2.2
  "2a864886f71201020203": "Kerberos-U2U", // 1.2.840.113554.1.2.2.3
};

/** RFC 4178 4.2.2 negState, by its number. */
const NEG_STATES = ["accept-completed", "accept-incomplete", "reject", "request-mic"] as const;

export const NEG_STATE = { acceptCompleted: 0, acceptIncomplete: 1, reject: 2, requestMic: 3 } as const;

/** The contents of a mechanism's OBJECT IDENTIFIER, in lower-case hex; `MECH_NAMES` names it. */
export type MechType = string;

export const NTLMSSP: MechType = "2b06010401823702020a";
export const NEGOEX: MechType = "2b06010401823702021e";
export const MS_KERBEROS: MechType = "2a864882f712010202";

/** Kerberos V5 (RFC 4121), its number as Windows 2000 wrote it, and Kerberos user to user ([MS-SPNG] 1.9). */
export const KERBEROS_MECHS: ReadonlySet<MechType> = new Set([
  "2a864886f712010202",
  MS_KERBEROS,
  "2a864886f71201020203",
]);

/** RFC 4178 4.2.1 */
export interface NegTokenInit {
  readonly kind: "negTokenInit";
  readonly mechTypes: readonly MechType[] | null;
  /** Contents of the BIT STRING. */
  readonly reqFlags: Uint8Array | null;
  readonly mechToken: Uint8Array | null;
  /** DER of mechListMIC, or of negHints and mechListMIC ([MS-SPNG] 2.2.1). */
  readonly others: readonly Uint8Array[];
}

/** RFC 4178 4.2.2 */
export interface NegTokenResp {
  readonly kind: "negTokenResp";
  /** `name` null where RFC 4178 has none. */
  readonly negState: { readonly code: number; readonly name: string | null } | null;
  readonly supportedMech: MechType | null;
  readonly responseToken: Uint8Array | null;
  readonly mechListMic: Uint8Array | null;
  /** DER of later fields. */
  readonly others: readonly Uint8Array[];
}

/** Decodes a whole SPNEGO token of either kind from the front of `bytes`. */
export const decodeSpnego = (bytes: Uint8Array): Decoded<NegTokenInit | NegTokenResp> => {
  const faults = new Reader(bytes);
  if (bytes[0] === DER_TAG.context1) {
    const root = decodeTagged(bytes, DER_TAG.context1, "negTokenResp", MAX_BYTES);
    return root.status === "done" ? faults.result(readResp(root.value, faults), root.size) : root;
  }
  const root = decodeTagged(bytes, DER_TAG.application0, "initialContextToken", MAX_BYTES);
  return root.status === "done" ? faults.result(readInit(root.value, faults), root.size) : root;
};

export const encodeSpnego = (token: NegTokenInit | NegTokenResp): Uint8Array =>
  token.kind === "negTokenInit" ? encodeInit(token) : encodeResp(token);

/** The usual first token of a client: NTLMSSP alone, with its message. */
export const negTokenInit = (mechToken: Uint8Array): NegTokenInit => ({
  kind: "negTokenInit",
  mechTypes: [NTLMSSP],
  reqFlags: null,
  mechToken,
  others: [],
});

/** The usual answer of a server: accept-incomplete, NTLMSSP, with its message. */
export const negTokenResp = (responseToken: Uint8Array): NegTokenResp => ({
  kind: "negTokenResp",
  negState: { code: NEG_STATE.acceptIncomplete, name: NEG_STATES[NEG_STATE.acceptIncomplete] },
  supportedMech: NTLMSSP,
  responseToken,
  mechListMic: null,
  others: [],
});

/** The NTLM message in a token of a TSRequest: the token itself, or what SPNEGO wraps; null where none is. */
export const ntlmMessageIn = (token: Uint8Array): Decoded<Uint8Array | null> => {
  if (isNtlmMessage(token)) return done(token, token.length);
  const spnego = decodeSpnego(token);
  if (spnego.status === "bad") return spnego;
  if (spnego.status === "need") return bad("negoToken", token.length, `${spnego.bytes} bytes are missing`);
  const { value } = spnego;
  const inner = value.kind === "negTokenInit" ? value.mechToken : value.responseToken;
  return done(inner !== null && isNtlmMessage(inner) ? inner : null, token.length);
};

const INIT_FIELDS = ["mechTypes", "reqFlags", "mechToken"] as const;
const RESP_FIELDS = ["negState", "supportedMech", "responseToken", "mechListMic"] as const;

const readInit = (root: DerElement, faults: Reader): NegTokenInit => {
  const [oid, tagged, ...more] = root.elements;
  const [sequence] = tagged?.elements ?? [];
  if (oid?.tag !== DER_TAG.objectIdentifier || toHex(oid.contents) !== SPNEGO_OID) {
    faults.reject("initialContextToken.thisMech", "not SPNEGO", root.offset);
  }
  const fields = sequenceFields(
    tagged,
    sequence,
    more,
    DER_TAG.context0,
    "negTokenInit",
    INIT_FIELDS,
    faults,
  );
  const content = (number: number, tag: number) =>
    fieldContents(fields, number, tag, `negTokenInit.${INIT_FIELDS[number]}`, faults);

  const mechList = fields.get(0)?.inner;
  if (mechList !== undefined) expectTag(mechList, DER_TAG.sequence, "negTokenInit.mechTypes", faults);
  for (const mech of mechList?.elements ?? []) {
    expectTag(mech, DER_TAG.objectIdentifier, "negTokenInit.mechTypes", faults);
  }
  return {
    kind: "negTokenInit",
    mechTypes: mechList?.elements.map(({ contents }) => toHex(contents)) ?? null,
    reqFlags: content(1, DER_TAG.bitString),
    mechToken: content(2, DER_TAG.octetString),
    others: otherFields(fields, INIT_FIELDS.length),
  };
};

const readResp = (root: DerElement, faults: Reader): NegTokenResp => {
  const [sequence, ...more] = root.elements;
  const fields = sequenceFields(root, sequence, more, DER_TAG.context1, "negTokenResp", RESP_FIELDS, faults);
  const content = (number: number, tag: number) =>
    fieldContents(fields, number, tag, `negTokenResp.${RESP_FIELDS[number]}`, faults);

  const state = content(0, DER_TAG.enumerated);
  const [code = 0] = state ?? [];
  if (state !== null && state.length !== 1) {
    faults.reject("negTokenResp.negState", `${state.length} bytes where 1 is wanted`, root.offset);
  }
  const mech = content(1, DER_TAG.objectIdentifier);
  return {
    kind: "negTokenResp",
    negState: state === null ? null : { code, name: NEG_STATES[code] ?? null },
    supportedMech: mech === null ? null : toHex(mech),
    responseToken: content(2, DER_TAG.octetString),
    mechListMic: content(3, DER_TAG.octetString),
    others: otherFields(fields, RESP_FIELDS.length),
  };
};

/** The fields of `tag { SEQUENCE { ... } }`, where nothing else may stand beside the SEQUENCE. */
const sequenceFields = (
  tagged: DerElement | undefined,
  sequence: DerElement | undefined,
  more: readonly DerElement[],
  tag: number,
  field: string,
  names: readonly string[],
  faults: Reader,
): ReadonlyMap<number, ContextField> => {
  if (
    tagged === undefined ||
    sequence === undefined ||
    more.length > 0 ||
    sequence.der.length !== tagged.contents.length
  ) {
    faults.reject(field, "not one sequence in an explicit tag", tagged?.offset ?? 0);
    return new Map();
  }
  expectTag(tagged, tag, field, faults);
  expectTag(sequence, DER_TAG.sequence, field, faults);
  return contextFields(sequence, field, names, faults);
};

const fieldContents = (
  fields: ReadonlyMap<number, ContextField>,
  number: number,
  tag: number,
  field: string,
  faults: Reader,
): Uint8Array | null => {
  const element = fields.get(number)?.inner;
  if (element === undefined) return null;
  expectTag(element, tag, field, faults);
  return element.contents;
};

const otherFields = (fields: ReadonlyMap<number, ContextField>, from: number): readonly Uint8Array[] =>
  [...fields].filter(([number]) => number >= from).map(([, { der }]) => der);

const encodeInit = (token: NegTokenInit): Uint8Array => {
  const fields: Uint8Array[] = [];
  if (token.mechTypes !== null) {
    fields.push(encodeField(0, encodeDer(DER_TAG.sequence, ...token.mechTypes.map(encodeMech))));
  }
  if (token.reqFlags !== null) fields.push(encodeField(1, encodeDer(DER_TAG.bitString, token.reqFlags)));
  if (token.mechToken !== null) fields.push(encodeField(2, encodeDer(DER_TAG.octetString, token.mechToken)));
  const sequence = encodeDer(DER_TAG.sequence, ...fields, ...token.others);
  return encodeDer(DER_TAG.application0, encodeMech(SPNEGO_OID), encodeField(0, sequence));
};

const encodeResp = (token: NegTokenResp): Uint8Array => {
  const { negState, supportedMech, responseToken, mechListMic } = token;
  const fields: Uint8Array[] = [];
  if (negState !== null) {
    fields.push(encodeField(0, encodeDer(DER_TAG.enumerated, Uint8Array.of(negState.code))));
  }
  if (supportedMech !== null) fields.push(encodeField(1, encodeMech(supportedMech)));
  if (responseToken !== null) fields.push(encodeField(2, encodeDer(DER_TAG.octetString, responseToken)));
  if (mechListMic !== null) fields.push(encodeField(3, encodeDer(DER_TAG.octetString, mechListMic)));
  return encodeField(1, encodeDer(DER_TAG.sequence, ...fields, ...token.others));
};

const encodeMech = (mech: MechType): Uint8Array => encodeDer(DER_TAG.objectIdentifier, fromHex(mech));
