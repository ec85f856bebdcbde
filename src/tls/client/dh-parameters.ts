/** Whether the numbers of a finite-field exchange can be what they are said to be (RFC 5246 7.4.3, RFC 7919 5.1). */
import { toHex } from "../../bytes/hex.ts";
import type { ServerKeyExchange } from "../wire/server-key-exchange.ts";
import { faultOf, type TlsFault } from "./tls-fault.ts";

type DheExchange = Extract<ServerKeyExchange, { kind: "dhe" }>;

/** What OpenSSL's client looks at too; whether p is a prime would take too long to say. */
export const checkDhParameters = ({ prime, generator, publicValue }: DheExchange): TlsFault | null => {
  const p = numberOf(prime);
  if (p % 2n === 0n) return wrong("dh_p", 0, "it is even, and no prime");
  if (!isInside(numberOf(generator), p)) {
    return wrong("dh_g", 2 + prime.length, "it is not over 1 and under p - 1");
  }
  return isInside(numberOf(publicValue), p)
    ? null
    : wrong("dh_ys", 4 + prime.length + generator.length, "it is not over 1 and under p - 1");
};

const isInside = (value: bigint, p: bigint): boolean => value > 1n && value < p - 1n;

const numberOf = (bytes: Uint8Array): bigint => (bytes.length === 0 ? 0n : BigInt(`0x${toHex(bytes)}`));

const wrong = (field: string, offset: number, reason: string): TlsFault =>
  faultOf("decode", "server_key_exchange", field, reason, offset);
