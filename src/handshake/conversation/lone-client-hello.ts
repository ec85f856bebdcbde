/** Whether a record after a ChangeCipherSpec is the second ClientHello of TLS 1.3 (RFC 8446 4.1.2). */
import { decodeClientHello } from "../../tls/wire/client-hello.ts";
import { decodeHandshakeMessage, HANDSHAKE_TYPE } from "../../tls/wire/handshake-message.ts";

/**
 * A TLS 1.3 client may send its second ClientHello there in the clear, an older one only ciphertext; from outside
 * nothing else tells the two apart.
 * @param fragment of one record.
 */
export const isClientHelloAlone = (fragment: Uint8Array): boolean => {
  const message = decodeHandshakeMessage(fragment);
  return (
    message.status === "done" &&
    message.value.type === HANDSHAKE_TYPE.clientHello &&
    decodeClientHello(message.value.body).status === "done"
  );
};
