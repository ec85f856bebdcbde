import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fromHex } from "../../../src/bytes/hex.ts";
import { ntlmRequest } from "../../../src/credssp/credssp-request.ts";
import { encodeSpnego, MS_KERBEROS, NEG_STATE, NEGOEX } from "../../../src/credssp/spnego.ts";
import { encodeTsRequest, type TsRequestFields } from "../../../src/credssp/ts-request.ts";
import type { ConnectionFacts } from "../../../src/handshake/facts/connection-facts.ts";
import { connectionRequestFor } from "../../../src/handshake/plan/connection-requests.ts";
import type { WireEvent } from "../../../src/handshake/conversation/transcript.ts";
import type { Alert } from "../../../src/tls/wire/alert.ts";
import { CLIENT_PROFILES, clientProfile } from "../../../src/tls/profiles/client-profiles.ts";
import { type CredSspDemand, judgeCredSsp } from "../../../src/verdict/rules/judge-credssp.ts";
import { encodeConnectionRequest } from "../../../src/x224/connection-request.ts";
import { CHALLENGE_V2 } from "../../credssp/examples.ts";
import { mutated } from "../../credssp/mutation.ts";
import { readInSession, readTranscript } from "../../handshake/read-transcript.ts";

const WINDOWS: CredSspDemand = { id: "windows", minCredSspVersion: 5 };
const FREERDP: CredSspDemand = { id: "freerdp", minCredSspVersion: 2 };

/** A connection on which TLS is established and the first TSRequest is out. */
const begun = (...events: readonly WireEvent[]): ConnectionFacts => endedBy(null, ...events);

/** The same, with an alert of the server inside the session. */
const endedBy = (alert: Alert | null, ...events: readonly WireEvent[]): ConnectionFacts =>
  readInSession(
    [
      { kind: "connected", atMs: 1 },
      { kind: "sent", atMs: 1, bytes: encodeConnectionRequest(connectionRequestFor("offer-all", null)) },
      { kind: "received", atMs: 2, bytes: fromHex("030000130ed000001234 00021f0800 02000000") },
    ],
    [{ kind: "sent", atMs: 3, bytes: ntlmRequest() }, ...events],
    alert,
  );

const opened = (bytes: Uint8Array): WireEvent => ({ kind: "received", atMs: 4, bytes });
const answered = (fields: Partial<TsRequestFields>): ConnectionFacts =>
  begun(opened(encodeTsRequest({ version: 6, ...fields })));
const spnego = (code: number, supportedMech: string | null): Partial<TsRequestFields> => ({
  negoTokens: [
    encodeSpnego({
      kind: "negTokenResp",
      negState: { code, name: null },
      supportedMech,
      responseToken: null,
      mechListMic: null,
      others: [],
    }),
  ],
});
const alerted = (alert: number): ConnectionFacts => endedBy({ level: 2, description: alert });

describe("the ruling on CredSSP", () => {
  it.each<[string, ConnectionFacts, string, object]>([
    [
      "an error",
      answered({ errorCode: 0xc0000418 }),
      "credssp-refused",
      { errorName: "STATUS_NTLM_BLOCKED" },
    ],
    ["a reject", answered(spnego(NEG_STATE.reject, null)), "credssp-refused", { negState: "reject" }],
    ["an alert", alerted(49), "credssp-refused", { alert: 49, alertName: "access_denied" }],
    ["an alert without a name", alerted(199), "credssp-refused", { alert: 199, alertName: null }],
    ["neither token nor error", answered({}), "malformed", { field: "tsRequest.negoTokens" }],
    ["what is no TSRequest", begun(opened(Uint8Array.of(1, 2))), "malformed", { field: "tsRequest" }],
    [
      "another mechanism",
      answered(spnego(NEG_STATE.acceptIncomplete, NEGOEX)),
      "inconclusive",
      { mechanism: "NEGOEX" },
    ],
    ["a reset", begun({ kind: "rst", atMs: 4 }), "reset", {}],
    ["a close", begun({ kind: "fin", atMs: 4 }), "closed", {}],
    ["silence", begun({ kind: "timeout", atMs: 4 }), "timeout", {}],
    ["a flood", begun({ kind: "overflow", atMs: 4, limitBytes: 1 }), "malformed", {}],
    ["an end of ours at once", begun({ kind: "ended", atMs: 900 }), "inconclusive", {}],
    ["an end of ours after a second", begun({ kind: "ended", atMs: 1003 }), "timeout", {}],
  ])("on %s", (_, facts, code, evidence) => {
    expect(judgeCredSsp(facts, WINDOWS)).toMatchObject({ code, stage: "credssp", evidence });
  });

  it("an alert that no registry names is told by its number", () => {
    expect(judgeCredSsp(alerted(199), WINDOWS)?.summary).toMatch(/alert 199$/);
  });

  it.each([2, 3, 4, 5, 6, 7])("version %i is refused by a client that wants more", (version) => {
    const facts = answered({ version, negoTokens: [CHALLENGE_V2] });
    const kerberos = answered({ version, ...spnego(NEG_STATE.acceptIncomplete, MS_KERBEROS) });
    for (const { minCredSspVersion, id } of [WINDOWS, FREERDP]) {
      const expected =
        version >= minCredSspVersion
          ? null
          : {
              code: "credssp-version-refused",
              stage: "credssp",
              evidence: { version, minVersion: minCredSspVersion, client: id },
            };
      for (const connection of [facts, kerberos]) {
        const found = judgeCredSsp(connection, { id, minCredSspVersion });
        if (expected === null) expect(found).toBeNull();
        else expect(found).toMatchObject(expected);
      }
    }
  });

  it("nothing is said where CredSSP was not begun", () => {
    expect(judgeCredSsp(readTranscript([{ kind: "connected", atMs: 1 }], 0), WINDOWS)).toBeNull();
  });

  it("is silent where there is a witness in a version that the client takes, and nowhere else", () => {
    const seeds = mutated(
      encodeTsRequest({ version: 6, negoTokens: [CHALLENGE_V2] }),
      encodeTsRequest({ version: 4, negoTokens: [CHALLENGE_V2] }),
      encodeTsRequest({ version: 6, ...spnego(NEG_STATE.acceptIncomplete, MS_KERBEROS) }),
      encodeTsRequest({ version: 6, ...spnego(NEG_STATE.reject, null) }),
      encodeTsRequest({ version: 6, errorCode: 5 }),
      encodeTsRequest({ version: 6 }),
    );
    fc.assert(
      fc.property(seeds, (bytes) => {
        const facts = begun(opened(bytes), { kind: "timeout", atMs: 5 });
        const isHealthy =
          facts.credssp?.answer.kind === "witnessed" &&
          (facts.credssp.version ?? 0) >= WINDOWS.minCredSspVersion;
        expect(judgeCredSsp(facts, WINDOWS) === null).toBe(isHealthy);
      }),
      { numRuns: 2000 },
    );
  });
});

describe("the CredSSP version that a client demands", () => {
  it.each(CLIENT_PROFILES.map(({ id, minCredSspVersion }) => [id, minCredSspVersion] as const))(
    "%s takes no less than %i",
    (id, minCredSspVersion) => {
      const isFallingBack = !id.startsWith("win") || id === "win7-mstsc" || id === "win10-1511";
      expect(minCredSspVersion).toBe(isFallingBack ? 2 : 5);
      expect(clientProfile(id)?.minCredSspVersion).toBe(minCredSspVersion);
    },
  );
});
