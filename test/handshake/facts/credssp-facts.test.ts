import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { toHex } from "../../../src/bytes/hex.ts";
import { ntlmRequest, spnegoRequest } from "../../../src/credssp/credssp-request.ts";
import {
  encodeSpnego,
  MS_KERBEROS,
  NEG_STATE,
  NEGOEX,
  type NegTokenResp,
  NTLMSSP,
  negTokenInit,
  negTokenResp,
} from "../../../src/credssp/spnego.ts";
import { encodeTsRequest, type TsRequestFields } from "../../../src/credssp/ts-request.ts";
import { type CredSspFacts, challengeOf, readCredSsp } from "../../../src/handshake/facts/credssp-facts.ts";
import { CHALLENGE_V2 } from "../../credssp/examples.ts";
import { mutated } from "../../credssp/mutation.ts";

const KERBEROS = "2a864886f712010202";
const KERBEROS_U2U = "2a864886f71201020203";
const UNKNOWN_MECH = "2a0304";
const SOME_TOKEN = Uint8Array.of(0x6e, 0x01, 0x02);

const joined = (...parts: readonly Uint8Array[]): Uint8Array =>
  Uint8Array.from(parts.flatMap((part) => [...part]));

const answer = (fields: Partial<TsRequestFields>): Uint8Array => encodeTsRequest({ version: 6, ...fields });
const withToken = (token: Uint8Array): Uint8Array => answer({ negoTokens: [token] });

const spnego = (fields: Partial<Omit<NegTokenResp, "negState">> & { state?: number }): Uint8Array => {
  const { state, ...rest } = fields;
  return withToken(
    encodeSpnego({
      kind: "negTokenResp",
      negState: state === undefined ? null : { code: state, name: null },
      supportedMech: null,
      responseToken: null,
      mechListMic: null,
      others: [],
      ...rest,
    }),
  );
};

const read = (
  opened: Uint8Array,
  { sealed = ntlmRequest(), alert = null }: { sealed?: Uint8Array; alert?: number | null } = {},
): CredSspFacts => readCredSsp({ sealed, opened, sentAtMs: 1, answeredAtMs: 2, alert });

/** What the answer says, without what it rests on. */
const told = ({ answer: said }: CredSspFacts): unknown => {
  switch (said.kind) {
    case "witnessed":
      return said.witness.proof.mechanism === "ntlm" ? "challenge" : `kerberos: ${said.witness.proof.name}`;
    case "malformed":
      return `malformed: ${said.fault.field}`;
    case "error":
      return `error: ${said.errorCode}`;
    case "alert":
      return `alert: ${said.description}`;
    case "other-mechanism":
      return `other: ${said.mechanism}`;
    default:
      return said.kind;
  }
};

const { acceptCompleted, acceptIncomplete, reject, requestMic } = NEG_STATE;

describe("the server's answer to a first TSRequest that begins NTLM", () => {
  it.each<[string, Uint8Array, string]>([
    ["a bare CHALLENGE", withToken(CHALLENGE_V2), "challenge"],
    ["a CHALLENGE in SPNEGO", withToken(encodeSpnego(negTokenResp(CHALLENGE_V2))), "challenge"],
    ["one with request-mic", spnego({ state: requestMic, responseToken: CHALLENGE_V2 }), "challenge"],
    ["one without a state", spnego({ responseToken: CHALLENGE_V2 }), "challenge"],
    ["a CHALLENGE whose pairs are broken", withToken(CHALLENGE_V2.subarray(0, 70)), "challenge"],
    ["an error of 0 and a CHALLENGE", answer({ errorCode: 0, negoTokens: [CHALLENGE_V2] }), "challenge"],
    [
      "Kerberos, incomplete",
      spnego({ state: acceptIncomplete, supportedMech: KERBEROS }),
      "kerberos: Kerberos",
    ],
    [
      "Kerberos as Windows writes it",
      spnego({ state: acceptIncomplete, supportedMech: MS_KERBEROS }),
      "kerberos: MS-Kerberos",
    ],
    [
      "Kerberos with its token",
      spnego({ state: acceptCompleted, supportedMech: KERBEROS, responseToken: SOME_TOKEN }),
      "kerberos: Kerberos",
    ],
    [
      "Kerberos user to user",
      spnego({ state: requestMic, supportedMech: KERBEROS_U2U }),
      "kerberos: Kerberos-U2U",
    ],
    ["an error", answer({ errorCode: 0xc0000418 }), `error: ${0xc0000418}`],
    [
      "an error beside a CHALLENGE",
      answer({ errorCode: 0xc000006d, negoTokens: [CHALLENGE_V2] }),
      `error: ${0xc000006d}`,
    ],
    ["a reject", spnego({ state: reject }), "rejected"],
    ["a reject with a token", spnego({ state: reject, responseToken: CHALLENGE_V2 }), "rejected"],
    ["a reject that names NTLM", spnego({ state: reject, supportedMech: NTLMSSP }), "rejected"],
    ["nothing at all", answer({}), "malformed: tsRequest.negoTokens"],
    ["no token in the list", answer({ negoTokens: [] }), "malformed: tsRequest.negoTokens"],
    ["an error of 0 alone", answer({ errorCode: 0 }), "malformed: tsRequest.negoTokens"],
    ["a public key alone", answer({ pubKeyAuth: SOME_TOKEN }), "malformed: tsRequest.negoTokens"],
    ["an empty token", withToken(new Uint8Array(0)), "malformed: negoToken"],
    ["our own token sent back", ntlmRequest(), "malformed: challenge.messageType"],
    ["a NegTokenInit", withToken(encodeSpnego(negTokenInit(CHALLENGE_V2))), "malformed: negoToken"],
    [
      "a CHALLENGE cut in its header",
      withToken(CHALLENGE_V2.subarray(0, 40)),
      "malformed: challenge.targetInfoLen",
    ],
    ["an unknown state", spnego({ state: 7, supportedMech: KERBEROS }), "malformed: negTokenResp.negState"],
    ["Kerberos without a state", spnego({ supportedMech: KERBEROS }), "malformed: negTokenResp.negState"],
    ["a state alone", spnego({ state: acceptIncomplete }), "malformed: negTokenResp.supportedMech"],
    [
      "a token that is none of NTLM's",
      spnego({ state: acceptIncomplete, supportedMech: NTLMSSP, responseToken: SOME_TOKEN }),
      "malformed: negTokenResp.responseToken",
    ],
    [
      "NTLM chosen without its CHALLENGE",
      spnego({ state: acceptIncomplete, supportedMech: NTLMSSP }),
      "malformed: negTokenResp.responseToken",
    ],
    [
      "NTLM complete without a word of it",
      spnego({ state: acceptCompleted, supportedMech: NTLMSSP }),
      "malformed: negTokenResp.responseToken",
    ],
    ["NEGOEX", spnego({ state: acceptIncomplete, supportedMech: NEGOEX }), "other: NEGOEX"],
    [
      "a mechanism without a name",
      spnego({ state: acceptIncomplete, supportedMech: UNKNOWN_MECH }),
      `other: ${UNKNOWN_MECH}`,
    ],
    ["what is no TSRequest", Uint8Array.of(0x31, 0x00), "malformed: tsRequest"],
    ["half a TSRequest", withToken(CHALLENGE_V2).subarray(0, 60), "none"],
    ["no byte", new Uint8Array(0), "none"],
  ])("%s", (_, opened, expected) => {
    expect(told(read(opened))).toBe(expected);
    expect(told(read(opened, { sealed: spnegoRequest() }))).toBe(expected);
  });

  it("an alert instead of it is told, and not where the answer came first", () => {
    expect(told(read(new Uint8Array(0), { alert: 80 }))).toBe("alert: 80");
    expect(told(read(withToken(CHALLENGE_V2), { alert: 80 }))).toBe("challenge");
  });

  it("the version is told whatever else cannot be read", () => {
    expect(read(answer({ version: 2 })).version).toBe(2);
    expect(read(encodeTsRequest({ version: 5, negoTokens: [Uint8Array.of(1)] })).version).toBe(5);
  });
});

describe("the answer to a client that begins with another mechanism", () => {
  const sealed = answer({
    negoTokens: [encodeSpnego({ ...negTokenInit(SOME_TOKEN), mechTypes: [KERBEROS, NTLMSSP] })],
  });
  const chosen = spnego({ state: requestMic, supportedMech: NTLMSSP });

  it("NTLM chosen is no failure yet", () => {
    expect(told(read(chosen, { sealed }))).toBe("ntlm-to-come");
    expect(told(read(chosen, { sealed: new Uint8Array(0) }))).toBe("ntlm-to-come");
  });

  it("the CHALLENGE in a later TSRequest is read", () => {
    expect(told(read(joined(chosen, withToken(CHALLENGE_V2)), { sealed }))).toBe("challenge");
  });

  it("a later refusal is one", () => {
    expect(told(read(joined(chosen, answer({ errorCode: 5 })), { sealed }))).toBe("error: 5");
  });

  it("a server that chooses for ever is not followed for ever", () => {
    const many = joined(...Array.from({ length: 50 }, () => chosen), withToken(CHALLENGE_V2));
    expect(told(read(many, { sealed }))).toBe("ntlm-to-come");
  });
});

describe("a witness", () => {
  const SEEDS = mutated(
    withToken(CHALLENGE_V2),
    withToken(encodeSpnego(negTokenResp(CHALLENGE_V2))),
    spnego({ state: acceptIncomplete, supportedMech: MS_KERBEROS }),
    spnego({ state: reject }),
    spnego({ state: acceptIncomplete, supportedMech: NTLMSSP }),
    answer({}),
    answer({ errorCode: 0xc000006d }),
  );
  const CHALLENGE_BEGINNING = toHex(CHALLENGE_V2.subarray(0, 12));

  it("comes of nothing but a CHALLENGE_MESSAGE or the name of Kerberos", () => {
    fc.assert(
      fc.property(SEEDS, (opened) => {
        const facts = read(opened);
        if (facts.answer.kind !== "witnessed") return;
        const hex = toHex(opened);
        expect(facts.version).not.toBeNull();
        if (challengeOf(facts) !== null) expect(hex).toContain(CHALLENGE_BEGINNING);
        else expect([KERBEROS, MS_KERBEROS, KERBEROS_U2U].some((mech) => hex.includes(mech))).toBe(true);
      }),
      { numRuns: 3000 },
    );
  });
});
