/** Signs that several causes of a failed TLS handshake share. */
import {
  all,
  byServer,
  hasEvidence,
  resetOf,
  type Sign,
  type VerdictPlace,
  withoutReading,
} from "./cause.ts";
import { resetSender } from "./reset-sender.ts";

export const CUT = ["reset at tls", "closed at tls"] as const satisfies readonly VerdictPlace[];

/** Right behind the ClientHello, where neither a version nor a key was agreed on, and nothing else was asked. */
export const cutAtHello = (why: string): Sign["seen"] =>
  all(byServer, hasEvidence("after", ["client-hello"], ""), (material) =>
    CUT.some((place) => withoutReading(place, "")(material) !== null) ? why : null,
  );

/** A captured reset whose packet is a device's and not the server's. */
export const isFromDevice =
  (why: string): Sign["seen"] =>
  (material) => {
    const reset = resetOf(material);
    return reset !== null && resetSender(reset, "device").likelihood === "likely" ? why : null;
  };
