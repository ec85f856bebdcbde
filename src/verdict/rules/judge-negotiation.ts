/** Rules for the X.224 negotiation: what the server answered to the Connection Request, or did not. */
import { latin1Text } from "../../bytes/latin1.ts";
import { describeFault } from "../../bytes/decoded.ts";
import { toHex } from "../../bytes/hex.ts";
import type { ConnectionFacts } from "../../handshake/facts/connection-facts.ts";
import type { ForeignProtocol } from "../../handshake/facts/foreign-protocol.ts";
import type { NegotiationFacts } from "../../handshake/facts/negotiation-facts.ts";
import type { ConnectionConfirm } from "../../x224/connection-confirm.ts";
import { DISCONNECT_REASONS } from "../../x224/disconnect-request.ts";
import { rejectCauseName } from "../../x224/error-tpdu.ts";
import { failureName } from "../../x224/negotiation-failure.ts";
import { PROTOCOL, selectedProtocolId } from "../../x224/protocols.ts";
import { nlaRefusalView } from "../mstsc-codes.ts";
import { type Ruling, ruling } from "./ruling.ts";
import type { VerdictCode } from "../verdicts.ts";

const SPOKEN: Readonly<Record<ForeignProtocol, string>> = {
  http: "HTTP",
  ssh: "SSH",
  tls: "TLS without the X.224 negotiation",
  smtp: "SMTP",
  ftp: "FTP",
  vnc: "VNC",
  "iso-tsap": "an ISO transport service on RFC 1006 (S7, MMS and other industrial protocols)",
};

interface FailureRow {
  readonly code: VerdictCode;
  readonly summary: string;
  /** What the server wants, and what is said where the client of a capture did not offer it. */
  readonly wants?: { readonly bit: number; readonly unmet: string };
}

const OF_FAILURE: Readonly<Record<number, FailureRow>> = {
  1: {
    code: "tls-required",
    summary: "the server demands TLS, in answer to an offer that contains it",
    wants: { bit: PROTOCOL.ssl, unmet: "the server demands TLS, and the client did not offer it" },
  },
  2: { code: "standard-security-only", summary: "the server does not allow TLS: only Standard RDP Security" },
  3: { code: "no-server-certificate", summary: "the server has no certificate that it can use for TLS" },
  4: { code: "inconsistent-flags", summary: "the server calls the request's flags inconsistent" },
  5: {
    code: "nla-required",
    summary: "the server requires NLA, in answer to an offer that contains it",
    wants: { bit: PROTOCOL.hybrid, unmet: "the server requires NLA, and the client did not offer it" },
  },
  6: { code: "client-certificate-required", summary: "the server requires a client certificate within TLS" },
  7: {
    code: "entra-required",
    summary: "the server requires sign-in by Microsoft Entra ID (failure code 7)",
  },
};

/** Where selectedProtocol stands in a Connection Confirm with its TPKT ([MS-RDPBCGR] 2.2.1.2.1). */
const SELECTED_FIELD = "rdpNegRsp.selectedProtocol";
const SELECTED_OFFSET = 15;

/** The ruling on a negotiation that did not lead on to TLS, or null where it did. */
export const judgeNegotiation = (facts: ConnectionFacts): Ruling | null => {
  const { negotiation } = facts;
  if (negotiation === null) return null;
  const { answer } = negotiation;
  switch (answer.kind) {
    case "foreign":
      return judgeForeign(answer.protocol, answer.sample);
    case "malformed":
      return ruling(
        "malformed",
        "negotiation",
        `the answer breaks the protocol: ${describeFault(answer.fault)}`,
        {
          evidence: { field: answer.fault.field, offset: answer.fault.offset, bytes: toHex(answer.sample) },
        },
      );
    case "none":
    case "partial":
      return judgeEnd(facts, negotiation);
    case "tpdu":
      switch (answer.tpdu.kind) {
        case "connection-confirm":
          return judgeConfirm(answer.tpdu, negotiation);
        case "disconnect-request":
          return judgeDisconnect(answer.tpdu.reason);
        case "error":
          return judgeError(answer.tpdu.cause);
        case "mcs-disconnect":
          return ruling(
            "refused",
            "negotiation",
            "the server answered with an MCS Disconnect Provider Ultimatum",
            {
              evidence: { tpdu: "DT", mcsReason: answer.tpdu.reason },
            },
          );
        case "unknown":
          return ruling(
            "malformed",
            "negotiation",
            `x224.code at byte 5: 0x${answer.tpdu.code.toString(16)} is no answer to a Connection Request`,
            { evidence: { field: "x224.code", offset: 5, bytes: toHex(answer.raw) } },
          );
      }
  }
};

/** The ruling on a port that answers a ClientHello and not a Connection Request. */
export const tlsWithoutX224 = (): Ruling =>
  ruling("not-rdp", "negotiation", "TLS without the X.224 negotiation answers on this port", {
    evidence: { protocol: "tls" },
  });

const judgeForeign = (protocol: ForeignProtocol | null, sample: Uint8Array): Ruling => {
  const what = protocol === null ? "something that is not RDP" : SPOKEN[protocol];
  const text = latin1Text(sample).split(/[\r\n]/, 1)[0] ?? "";
  return ruling("not-rdp", "negotiation", `${what} answers on this port`, {
    evidence: { protocol, firstLine: text, bytes: toHex(sample) },
  });
};

/** Null where nobody ended it: then nothing is known of an answer. */
const judgeEnd = (facts: ConnectionFacts, negotiation: NegotiationFacts): Ruling | null => {
  const { answer } = negotiation;
  const evidence =
    answer.kind === "partial"
      ? { receivedBytes: answer.receivedBytes, missingBytes: answer.missingBytes }
      : { receivedBytes: 0 };
  const when =
    answer.kind === "partial" ? "in the middle of its answer" : "without an answer to the Connection Request";
  switch (facts.end.kind) {
    case "rst":
      return ruling("reset", "negotiation", `the connection was reset ${when}`, { evidence });
    case "fin":
      return ruling("closed", "negotiation", `the server closed the connection ${when}`, { evidence });
    case "overflow":
      return ruling("malformed", "negotiation", "the server sends without end", { evidence });
    case "ours":
      return null;
    case "timeout":
      return ruling(
        "timeout",
        "negotiation",
        answer.kind === "partial"
          ? `the answer stopped after ${answer.receivedBytes} bytes; ${answer.missingBytes} more were announced`
          : "the port is open, but nothing answers the Connection Request",
        { evidence },
      );
  }
};

const judgeConfirm = (confirm: ConnectionConfirm, facts: NegotiationFacts): Ruling | null => {
  const { negotiation } = confirm;
  const asked = facts.request?.negotiation?.requestedProtocols ?? PROTOCOL.rdp;
  if (negotiation === null) {
    // A client of a capture may have asked for nothing else.
    if (asked === PROTOCOL.rdp) return null;
    return ruling(
      "standard-security-only",
      "negotiation",
      "the Connection Confirm has no negotiation data: only Standard RDP Security",
    );
  }
  if (negotiation.type === "failure") return judgeFailure(negotiation.failureCode, facts);
  const { selectedProtocol } = negotiation;
  if (selectedProtocol === PROTOCOL.rdp) {
    const summary = "asked for TLS or CredSSP, the server selects Standard RDP Security";
    return asked === PROTOCOL.rdp ? null : ruling("standard-security-only", "negotiation", summary);
  }
  if (facts.takenBack) {
    const summary = "the server selects TLS and disconnects at once, without starting it";
    return ruling("refused", "negotiation", summary, {
      evidence: { tpdu: "DT", selected: selectedProtocol },
    });
  }
  const isOne = selectedProtocolId(selectedProtocol) !== null;
  if (facts.trailing !== null) return afterConfirm(facts.trailing);
  if (isOne && (facts.request === null || (selectedProtocol & ~asked) === 0)) return null;
  return ruling(
    "malformed",
    "negotiation",
    `${SELECTED_FIELD} at byte ${SELECTED_OFFSET}: ${isOne ? "a protocol that was not asked for" : "not one protocol"}`,
    {
      evidence: {
        field: SELECTED_FIELD,
        offset: SELECTED_OFFSET,
        requested: asked,
        selected: selectedProtocol,
      },
    },
  );
};

/** TLS is due, and a TPKT came. */
const afterConfirm = (trailing: Uint8Array): Ruling =>
  ruling("malformed", "tls", "the server selects TLS, and another TPKT follows its Connection Confirm", {
    evidence: { field: "record.type", bytes: toHex(trailing) },
  });

const judgeFailure = (code: number, { request }: NegotiationFacts): Ruling => {
  const name = failureName(code);
  const evidence = { failureCode: code, failureName: name };
  const known = OF_FAILURE[code];
  if (known === undefined) {
    return ruling(
      "refused",
      "negotiation",
      `the server refused with failure code ${code}, which is not documented`,
      { evidence },
    );
  }
  // Healthy only where CredSSP answers; here the offer of CredSSP itself was refused.
  const ended = code === 5 ? ({ severity: "critical", mstsc: nlaRefusalView() } as const) : {};
  const asked = request?.negotiation?.requestedProtocols ?? PROTOCOL.rdp;
  const isUnmet = known.wants !== undefined && request !== null && (asked & known.wants.bit) === 0;
  const summary = isUnmet ? (known.wants?.unmet ?? known.summary) : known.summary;
  return ruling(known.code, "negotiation", summary, { evidence, ...ended });
};

/** ITU-T X.224 13.12.3 c). */
const judgeError = (cause: number): Ruling =>
  ruling(
    "refused",
    "negotiation",
    `the server answered with an X.224 Error: ${rejectCauseName(cause) ?? `cause ${cause}, which has no name`}`,
    { evidence: { tpdu: "ER", cause } },
  );

const judgeDisconnect = (reason: number): Ruling => {
  const name = DISCONNECT_REASONS.find((row) => row.reason === reason)?.name ?? null;
  const text = name === null ? `reason ${reason}` : `reason ${reason}, ${name}`;
  return ruling("refused", "negotiation", `the server answered with an X.224 Disconnect Request (${text})`, {
    evidence: { tpdu: "DR", reason, reasonName: name },
  });
};
