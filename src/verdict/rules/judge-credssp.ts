/**
 * Rules for CredSSP up to the NTLM challenge: nobody has tried to log on when these apply. The stage is healthy with a
 * witness alone, and in a version that the client takes.
 */
import { describeFault } from "../../bytes/decoded.ts";
import { ntstatusName } from "../../credssp/ntstatus.ts";
import type { ConnectionFacts } from "../../handshake/facts/connection-facts.ts";
import type { CredSspFacts } from "../../handshake/facts/credssp-facts.ts";
import { alertName } from "../../tls/wire/alert.ts";
import type { ClientProfile } from "../../tls/profiles/client-profile.ts";
import { type Ruling, ruling } from "./ruling.ts";

/** What a client demands of CredSSP. */
export type CredSspDemand = Pick<ClientProfile, "id" | "minCredSspVersion">;

/**
 * The ruling on a connection whose CredSSP gave no witness, or in a version that the client refuses; null where the
 * stage is healthy or was not begun.
 */
export const judgeCredSsp = (facts: ConnectionFacts, client: CredSspDemand): Ruling | null =>
  facts.credssp === null ? null : judgeAnswer(facts.credssp, facts, client);

const judgeAnswer = (credssp: CredSspFacts, facts: ConnectionFacts, client: CredSspDemand): Ruling | null => {
  const { answer, version } = credssp;
  switch (answer.kind) {
    case "witnessed":
      return judgeVersion(version, client);
    case "error":
      return judgeError(answer.errorCode);
    case "rejected":
      return ruling("credssp-refused", "credssp", "the server rejects the NTLM negotiation (SPNEGO reject)", {
        evidence: { negState: "reject" },
      });
    case "alert":
      return judgeAlert(answer.description);
    case "malformed": {
      const { fault } = answer;
      const summary = `the CredSSP answer breaks the protocol: ${describeFault(fault)}`;
      return ruling("malformed", "credssp", summary, {
        evidence: { field: fault.field, offset: fault.offset },
      });
    }
    case "ntlm-to-come":
      return unseen("the server chooses NTLM, and what follows was not seen", "NTLMSSP");
    case "other-mechanism":
      return unseen(
        `the server chooses the mechanism ${answer.mechanism}, which is not read here`,
        answer.mechanism,
      );
    case "none":
      return judgeSilence(facts, credssp.sentAtMs);
  }
};

/** [MS-CSSP] 2.2.1: client and server go on with the lower of their versions, if the client's policy takes it. */
const judgeVersion = (version: number | null, { id, minCredSspVersion }: CredSspDemand): Ruling | null =>
  version !== null && version >= minCredSspVersion
    ? null
    : ruling(
        "credssp-version-refused",
        "credssp",
        `the server speaks CredSSP ${version}, and the client takes no version below ${minCredSspVersion} (CVE-2018-0886)`,
        { evidence: { version, minVersion: minCredSspVersion, client: id } },
      );

const judgeError = (code: number): Ruling => {
  const name = ntstatusName(code);
  const hex = `0x${code.toString(16).padStart(8, "0")}`;
  const text = name === null ? hex : `${hex}, ${name}`;
  return ruling("credssp-refused", "credssp", `the server refuses the NTLM negotiation (${text})`, {
    evidence: { errorCode: code, errorName: name },
  });
};

const judgeAlert = (description: number): Ruling => {
  const name = alertName(description);
  const text = name === null ? `${description}` : `${description}, ${name}`;
  return ruling("credssp-refused", "credssp", `the server answers the NTLM negotiation with alert ${text}`, {
    evidence: { alert: description, alertName: name },
  });
};

const unseen = (summary: string, mechanism: string): Ruling =>
  ruling("inconclusive", "credssp", summary, { evidence: { mechanism } });

/** A shorter silence before somebody else than the server ends the connection accuses nobody. */
const LEAST_SILENCE_MS = 1000;

const judgeSilence = ({ end, times }: ConnectionFacts, sentAtMs: number): Ruling => {
  const isSilence = end.kind === "timeout" || times.endedAtMs - sentAtMs >= LEAST_SILENCE_MS;
  switch (end.kind) {
    case "rst":
      return ruling("reset", "credssp", "the server reset the connection at the first CredSSP message");
    case "fin":
      return ruling("closed", "credssp", "the server closed the connection at the first CredSSP message");
    case "overflow":
      return ruling("malformed", "credssp", "the server sends without end");
    case "timeout":
    case "ours":
      return isSilence
        ? ruling("timeout", "credssp", "TLS is established, but nothing answers the first CredSSP message")
        : ruling(
            "inconclusive",
            "credssp",
            "TLS is established, and no answer to the first CredSSP message was seen",
          );
  }
};
