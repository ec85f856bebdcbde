/** [MS-CSSP] 2.2.1 TSRequest, the one structure that CredSSP sends in both directions. */
import type { Decoded } from "../bytes/decoded.ts";
import { DER_TAG, type DerElement, encodeDer } from "../bytes/der.ts";
import { Reader } from "../bytes/reader.ts";
import { Writer } from "../bytes/writer.ts";
import { contextFields, decodeTagged, encodeField, encodeInteger, expectTag } from "./der.ts";

const MAX_BYTES = 0x10000;
const FIELDS = ["version", "negoTokens", "authInfo", "pubKeyAuth", "errorCode", "clientNonce"] as const;

export interface TsRequest {
  /** 2 to 6; a larger one counts as the largest that the reader knows. */
  readonly version: number;
  /** SPNEGO tokens or bare NTLM messages ([MS-CSSP] 2.2.1.1 NegoData). */
  readonly negoTokens: readonly Uint8Array[] | null;
  readonly authInfo: Uint8Array | null;
  readonly pubKeyAuth: Uint8Array | null;
  /** NTSTATUS, unsigned 32 bits. */
  readonly errorCode: number | null;
  readonly clientNonce: Uint8Array | null;
  /** True where an error code above 0x7fffffff came as a positive INTEGER of 5 bytes, not a negative one of 4. */
  readonly isErrorCodePositive?: true;
  /** DER of the fields that come after clientNonce. */
  readonly unknownFields?: readonly Uint8Array[];
}

/** What a TSRequest is made of; a field that is left out is absent. */
export type TsRequestFields = Pick<TsRequest, "version"> & Partial<TsRequest>;

/**
 * Decodes one TSRequest from the front of `bytes`; its DER length says how much is needed, up to 64 KiB.
 * Only DER is taken, so that what is decoded encodes to the same bytes.
 */
export const decodeTsRequest = (bytes: Uint8Array): Decoded<TsRequest> => {
  const root = decodeTagged(bytes, DER_TAG.sequence, "tsRequest", MAX_BYTES);
  if (root.status !== "done") return root;
  const faults = new Reader(bytes);
  return faults.result(readFields(root.value, faults), root.size);
};

/** @throws RangeError when the version does not fit 32 bits signed, or the error code 32 bits unsigned. */
export const encodeTsRequest = (request: TsRequestFields): Uint8Array => {
  const { negoTokens = null, authInfo = null, pubKeyAuth = null, clientNonce = null } = request;
  const fields: Uint8Array[] = [encodeField(0, encodeInteger(request.version))];
  if (negoTokens !== null) fields.push(encodeField(1, negoData(negoTokens)));
  if (authInfo !== null) fields.push(encodeField(2, octetString(authInfo)));
  if (pubKeyAuth !== null) fields.push(encodeField(3, octetString(pubKeyAuth)));
  if (request.errorCode != null) fields.push(encodeField(4, errorInteger(request.errorCode, request)));
  if (clientNonce !== null) fields.push(encodeField(5, octetString(clientNonce)));
  return encodeDer(DER_TAG.sequence, ...fields, ...(request.unknownFields ?? []));
};

const readFields = (root: DerElement, faults: Reader): TsRequest => {
  const fields = contextFields(root, "tsRequest", FIELDS, faults);
  const inner = (number: number): DerElement | null => fields.get(number)?.inner ?? null;
  const octets = (number: number): Uint8Array | null => {
    const element = inner(number);
    if (element === null) return null;
    expectTag(element, DER_TAG.octetString, `tsRequest.${FIELDS[number]}`, faults);
    return element.contents;
  };

  const version = inner(0);
  if (version === null) faults.reject("tsRequest.version", "absent", root.offset);
  const nego = inner(1);
  const error = inner(4);
  const isErrorCodePositive = error?.contents.length === 5 && error.contents[0] === 0;
  const unknownFields = [...fields].filter(([number]) => number >= FIELDS.length).map(([, { der }]) => der);
  return {
    version: version === null ? 0 : readInteger(version, "tsRequest.version", faults),
    negoTokens: nego === null ? null : readNegoData(nego, faults),
    authInfo: octets(2),
    pubKeyAuth: octets(3),
    errorCode: error === null ? null : readErrorCode(error, isErrorCodePositive, faults),
    clientNonce: octets(5),
    ...(isErrorCodePositive && { isErrorCodePositive }),
    ...(unknownFields.length > 0 && { unknownFields }),
  };
};

const readNegoData = (sequence: DerElement, faults: Reader): readonly Uint8Array[] => {
  const field = "tsRequest.negoTokens";
  expectTag(sequence, DER_TAG.sequence, field, faults);
  return sequence.elements.map((item) => {
    expectTag(item, DER_TAG.sequence, field, faults);
    const fields = contextFields(item, field, ["negoToken"], faults);
    const token = fields.get(0)?.inner;
    if (token === undefined || fields.size > 1) {
      faults.reject(field, `${fields.size} fields where one token is wanted`, item.offset);
      return new Uint8Array(0);
    }
    expectTag(token, DER_TAG.octetString, `${field}.negoToken`, faults);
    return token.contents;
  });
};

/** A signed INTEGER of at most 32 bits. */
const readInteger = (
  element: DerElement,
  field: string,
  faults: Reader,
  contents = element.contents,
): number => {
  expectTag(element, DER_TAG.integer, field, faults);
  if (contents.length > 4) faults.reject(field, `an integer of ${contents.length} bytes`, element.offset);
  const isNegative = (contents[0] ?? 0) >= 0x80;
  return contents.reduce((sum, byte) => sum * 0x100 + byte, isNegative ? -1 : 0);
};

const readErrorCode = (element: DerElement, isPositive: boolean, faults: Reader): number => {
  const { contents } = element;
  const value = isPositive ? contents.subarray(1) : contents;
  return readInteger(element, "tsRequest.errorCode", faults, value) >>> 0;
};

const negoData = (tokens: readonly Uint8Array[]): Uint8Array =>
  encodeDer(
    DER_TAG.sequence,
    ...tokens.map((token) => encodeDer(DER_TAG.sequence, encodeField(0, octetString(token)))),
  );

const octetString = (contents: Uint8Array): Uint8Array => encodeDer(DER_TAG.octetString, contents);

const errorInteger = (code: number, { isErrorCodePositive }: TsRequestFields): Uint8Array => {
  const bytes = new Writer().u32(code).finish();
  return isErrorCodePositive === true && code > 0x7fffffff
    ? encodeDer(DER_TAG.integer, Uint8Array.from([0, ...bytes]))
    : encodeInteger(code | 0);
};
