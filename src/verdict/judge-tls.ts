/** Rules for the TLS handshake: alert, reset, FIN, silence, or bytes that are no TLS. */
import { describeFault } from "../bytes/decoded.ts";
import type { ConnectionFacts } from "../handshake/connection-facts.ts";
import type { TlsFacts } from "../handshake/tls-facts.ts";
import { alertName } from "../tls/alert.ts";
import type { ClientProfile } from "../tls/client-profile.ts";
import { isOffered, printedVersion } from "./offered-version.ts";
import { type Ruling, ruling } from "./ruling.ts";
import type { VerdictCode } from "./verdicts.ts";

const FATAL = 2;

/** Alerts in answer to a ClientHello that name their cause (RFC 5246 7.2.2). */
const OF_ALERT: Readonly<Record<number, { readonly code: VerdictCode; readonly summary: string }>> = {
  40: { code: "no-shared-cipher", summary: "the server found no acceptable parameters in the ClientHello" },
  70: { code: "no-shared-tls-version", summary: "the server supports none of the TLS versions offered" },
  71: { code: "no-shared-cipher", summary: "the server finds the offered cipher suites too weak" },
};

/** The ruling on a TLS handshake that failed for the client `reference`, or null. */
export const judgeTls = (facts: ConnectionFacts, reference: ClientProfile): Ruling | null => {
  const { tls, end } = facts;
  if (tls?.completed === true) return null;
  if (tls?.alert?.level === FATAL) return judgeAlert(tls, tls.alert.description);
  if (tls !== null && tls.fault !== null) {
    return ruling("malformed", "tls", `the server's bytes are no valid TLS: ${describeFault(tls.fault)}`, {
      evidence: { field: tls.fault.field, offset: tls.fault.offset },
    });
  }
  if (tls !== null && tls.version !== null && !isOffered(tls.version.code, reference)) {
    const name = tls.version.name ?? `0x${tls.version.code.toString(16)}`;
    return ruling(
      "no-shared-tls-version",
      "tls",
      `the server selects ${printedVersion(name)}, which was not offered`,
      {
        evidence: { serverVersion: name },
      },
    );
  }
  if (tls !== null && tls.version === null && tls.localFault !== null && end.kind === "ours") {
    return ruling("malformed", "tls", "the server's bytes begin no TLS handshake: not one ServerHello came", {
      evidence: { serverBytes: tls.serverSizeBytes, library: tls.localFault },
    });
  }
  if (end.kind === "ours" || end.stage !== "tls") return null;
  const when = momentOf(tls);
  const evidence = { serverBytes: tls?.serverSizeBytes ?? 0, after: when.id };
  switch (end.kind) {
    case "rst":
      return ruling("reset", "tls", `the server reset the connection ${when.text}`, { evidence });
    case "fin":
      return ruling("closed", "tls", `the server closed the connection ${when.text}`, { evidence });
    case "timeout":
      return ruling("timeout", "tls", `no answer came ${when.silence}`, { evidence });
    case "overflow":
      return ruling("malformed", "tls", "the server sends without end, far more than a TLS handshake needs", {
        evidence,
      });
  }
};

const judgeAlert = (tls: TlsFacts, description: number): Ruling => {
  const name = alertName(description);
  const evidence = { alert: description, alertName: name };
  const text = name === null ? `${description}` : `${description}, ${name}`;
  const known = tls.version === null ? OF_ALERT[description] : undefined;
  return known === undefined
    ? ruling("tls-alert", "tls", `the server ended the handshake with alert ${text}`, { evidence })
    : ruling(known.code, "tls", `${known.summary} (alert ${text})`, { evidence, confidence: "inferred" });
};

/** How far a handshake came before it ended. */
export type MomentId =
  | "connection-confirm"
  | "client-hello"
  | "partial-answer"
  | "server-hello"
  | "certificate";

interface Moment {
  readonly id: MomentId;
  readonly text: string;
  readonly silence: string;
}

const MOMENTS = {
  confirm: {
    id: "connection-confirm",
    text: "right after its Connection Confirm",
    silence: "after the Connection Confirm",
  },
  hello: { id: "client-hello", text: "right after the ClientHello", silence: "to the ClientHello" },
  partial: {
    id: "partial-answer",
    text: "in the middle of its answer to the ClientHello",
    silence: "behind the beginning of the server's answer to the ClientHello",
  },
  serverHello: { id: "server-hello", text: "after its ServerHello", silence: "behind the ServerHello" },
  certificate: {
    id: "certificate",
    text: "after it had sent its certificate",
    silence: "behind the server's certificate",
  },
} as const satisfies Readonly<Record<string, Moment>>;

/** How far the handshake had come. */
export const momentOf = (tls: TlsFacts | null): Moment => {
  if (tls === null || tls.offered === null) return MOMENTS.confirm;
  if (tls.serverSizeBytes === 0) return MOMENTS.hello;
  if (tls.version === null) return MOMENTS.partial;
  return tls.chain.length > 0 ? MOMENTS.certificate : MOMENTS.serverHello;
};
