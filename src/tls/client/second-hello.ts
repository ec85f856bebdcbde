/** The ClientHello that answers a HelloRetryRequest (RFC 8446 4.1.2, 4.1.4). */
import type { ClientHello } from "../wire/client-hello.ts";
import { EXTENSION, type Extension, extensionData } from "../wire/extension.ts";
import { clientKeyShares } from "../wire/key-share.ts";
import type { ServerHello } from "../wire/server-hello.ts";

/**
 * The first hello with another key share, and the server's cookie before its extensions.
 * @param share null where the server asks for none.
 */
export const secondHello = (
  first: ClientHello,
  retry: ServerHello,
  share: { readonly group: number; readonly keyExchange: Uint8Array } | null,
): ClientHello => {
  const cookie = extensionData(retry.extensions, EXTENSION.cookie);
  return {
    ...first,
    extensions: [
      ...(cookie === null ? [] : [{ type: EXTENSION.cookie, data: cookie }]),
      ...(first.extensions ?? []).map(
        (extension): Extension =>
          extension.type === EXTENSION.keyShare && share !== null ? clientKeyShares([share]) : extension,
      ),
    ],
  };
};
