/** Rules for CredSSP up to the NTLM challenge: nobody has tried to log on when these apply. */
import { describeFault } from "../bytes/decoded.ts";
import { ntstatusName } from "../credssp/ntstatus.ts";
import type { ConnectionFacts } from "../handshake/connection-facts.ts";
import { alertName } from "../tls/alert.ts";
import { type Ruling, ruling } from "./ruling.ts";

/** The ruling on a connection whose CredSSP gave no challenge, or null where it did or was not begun. */
export const judgeCredSsp = (facts: ConnectionFacts): Ruling | null => {
  const { credssp, end } = facts;
  if (credssp === null) return null;
  const { answer } = credssp;
  switch (answer.kind) {
    case "challenge":
    case "empty":
      return null;
    case "error":
      return judgeError(answer.errorCode);
    case "alert": {
      const name = alertName(answer.description);
      return ruling(
        "credssp-refused",
        "credssp",
        `the server answers the NTLM negotiation with alert ${name}`,
        {
          evidence: { alert: answer.description, alertName: name },
        },
      );
    }
    case "malformed":
      return ruling(
        "malformed",
        "credssp",
        `the CredSSP answer breaks the protocol: ${describeFault(answer.fault)}`,
        {
          evidence: { field: answer.fault.field, offset: answer.fault.offset },
        },
      );
    case "none":
      switch (end.kind) {
        case "rst":
          return ruling("reset", "credssp", "the server reset the connection at the first CredSSP message");
        case "fin":
          return ruling("closed", "credssp", "the server closed the connection at the first CredSSP message");
        case "overflow":
          return ruling("malformed", "credssp", "the server sends without end");
        case "timeout":
        case "ours":
          return ruling("timeout", "credssp", "TLS stands, but nothing answers the first CredSSP message");
      }
  }
};

const judgeError = (code: number): Ruling => {
  const name = ntstatusName(code);
  const hex = `0x${code.toString(16).padStart(8, "0")}`;
  const text = name === null ? hex : `${hex}, ${name}`;
  return ruling("credssp-refused", "credssp", `the server refuses the NTLM negotiation (${text})`, {
    evidence: { errorCode: code, errorName: name },
  });
};
