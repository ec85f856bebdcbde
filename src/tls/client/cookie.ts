/** The `cookie` extension of a HelloRetryRequest, which comes back in the second ClientHello (RFC 8446 4.2.2). */
import type { Decoded } from "../../bytes/decoded.ts";
import { decodeWhole, readOpaque } from "../wire/vector.ts";

export const decodeCookie = (data: Uint8Array): Decoded<Uint8Array> =>
  decodeWhole(data, "cookie", (reader) => {
    const cookie = readOpaque(reader, 2, "cookie");
    if (cookie.length === 0) reader.reject("cookie", "it is empty");
    return cookie;
  });
