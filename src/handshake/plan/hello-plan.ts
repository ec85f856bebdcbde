/** A ClientHello to send: whose, how long, and in how many segments. */
import { Writer } from "../../bytes/writer.ts";
import { type ClientHello, encodeClientHelloRecord } from "../../tls/wire/client-hello.ts";
import type { ClientProfile } from "../../tls/profiles/client-profile.ts";
import { clientHelloOf, type HelloIngredients } from "../../tls/profiles/hello-of-profile.ts";

export interface HelloPlan {
  readonly profile: ClientProfile;
  /** The least length of the record in bytes, made up by the padding extension (RFC 7685). */
  readonly minSizeBytes: number;
  /** In two TCP segments, cut within the hello. */
  readonly split: boolean;
}

const PADDING = 21;
const EXTENSION_HEADER_BYTES = 4;

/** The record, ready to send. @throws RangeError when random or session id have another size. */
export const helloRecord = (plan: HelloPlan, ingredients: HelloIngredients): Uint8Array => {
  const { profile, minSizeBytes } = plan;
  const hello = clientHelloOf(profile, ingredients);
  const record = encodeClientHelloRecord(hello, profile.recordVersion);
  const missing = minSizeBytes - record.length - EXTENSION_HEADER_BYTES;
  return missing <= 0 ? record : encodeClientHelloRecord(padded(hello, missing), profile.recordVersion);
};

const padded = (hello: ClientHello, sizeBytes: number): ClientHello => ({
  ...hello,
  extensions: [
    ...(hello.extensions ?? []),
    { type: PADDING, data: new Writer().bytes(new Uint8Array(sizeBytes)).finish() },
  ],
});
