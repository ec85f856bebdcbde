/** X.224 Error TPDU, what a stack answers to a TPDU that it cannot read: ITU-T X.224 13.12. */
import type { Decoded } from "../bytes/decoded.ts";
import { encodeTpdu, envelope, type InTpkt, openTpdu, TPDU_CODE, type TpduHeader } from "./tpdu.ts";

/** ITU-T X.224 13.12.3 c). */
export const REJECT_CAUSES = [
  { cause: 0, name: "reason not specified" },
  { cause: 1, name: "invalid parameter code" },
  { cause: 2, name: "invalid TPDU type" },
  { cause: 3, name: "invalid parameter value" },
] as const;

export interface ErrorTpdu extends InTpkt {
  readonly kind: "error";
  readonly destinationReference: number;
  /** One of {@link REJECT_CAUSES}, or a number without a name. */
  readonly cause: number;
  readonly variablePart: Uint8Array;
}

/** The specification's words for a reject cause, or null. */
export const rejectCauseName = (cause: number): string | null =>
  REJECT_CAUSES.find((entry) => entry.cause === cause)?.name ?? null;

/** The Error behind a header whose code says that it is one. ITU-T X.224 13.12 */
export const decodeErrorTpdu = (bytes: Uint8Array, header: TpduHeader): Decoded<ErrorTpdu> => {
  const opened = openTpdu(bytes, header);
  if (opened.status !== "done") return opened;
  const reader = opened.value;
  return reader.result(
    {
      kind: "error",
      ...envelope(header),
      destinationReference: reader.u16("x224.dstRef"),
      cause: reader.u8("x224.rejectCause"),
      variablePart: reader.rest(),
    },
    opened.size,
  );
};

/** @throws RangeError when a number does not fit its field. */
export const encodeErrorTpdu = (error: ErrorTpdu): Uint8Array =>
  encodeTpdu(TPDU_CODE.error, error, (writer) => {
    writer.u16(error.destinationReference).u8(error.cause).bytes(error.variablePart);
  });
