/**
 * The disconnect reasons of mstsc, as far as Microsoft documents them (IMsTscAxEvents::OnDisconnected),
 * and which of them a verdict would show there. No Windows host was watched for the mapping: it follows
 * from the documented meaning and is marked inferred.
 */
import { disconnectReason } from "./disconnect-reasons.ts";
import { VERDICT_CODES, type VerdictCode, type VerdictStage } from "./verdicts.ts";

interface MstscCode {
  readonly code: string;
  readonly decimal: number;
  readonly name: string;
}

/** The extended code that nearly every public report of 0x904 shows. In the handshake it carries no cause. */
const EXTENDED_SERVER_DENIED = "0x7";

const OF_VERDICT: Partial<Record<VerdictCode, number>> = {
  "name-not-found": 0x104,
  "dns-failure": 0x104,
  "port-closed": 0x204,
  "port-filtered": 0x204,
  unreachable: 0x204,
  reset: 0x904,
  closed: 0x904,
  timeout: 0x108,
  "certificate-expired": 0x1b07,
};

export interface MstscView extends MstscCode {
  /** Null where no extended code is known to go with it. */
  readonly extended: string | null;
  readonly confidence: "documented" | "inferred";
}

/** What mstsc would say for a verdict, or null where nothing is documented. */
export const mstscView = (verdict: VerdictCode, stage: VerdictStage): MstscView | null => {
  const code = OF_VERDICT[verdict];
  if (code === undefined) return null;
  return {
    ...named(code),
    extended: code === 0x904 && stage === "tls" ? EXTENDED_SERVER_DENIED : null,
    confidence: "inferred",
  };
};

/** What mstsc shows where CredSSP is off in the client and the server requires it (0xb09, 2825). */
export const nlaRefusalView = (): MstscView => ({
  ...named(0xb09),
  extended: null,
  confidence: "inferred",
});

const named = (code: number): MstscCode => ({
  code: `0x${code.toString(16)}`,
  decimal: code,
  name: disconnectReason(code)?.name ?? "",
});

/** The verdicts that mstsc would show as this disconnect reason. */
export const verdictsShownAs = (code: number): readonly VerdictCode[] =>
  VERDICT_CODES.filter(
    (verdict) => OF_VERDICT[verdict] === code || (verdict === "nla-required" && code === 0xb09),
  );
