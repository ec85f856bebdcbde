/**
 * The lab is honest: OpenSSL's client, which knows nothing of rdprobe, finishes TLS with every server that is
 * said to work, and with no server whose verdict is about TLS, but for the differences between two clients.
 */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { FAULTY_HANDSHAKES } from "../../../src/lab/faulty-handshakes.ts";
import { type Lab, startLab } from "../../../src/lab/lab.ts";
import type { Scenario } from "../../../src/lab/scenario.ts";
import { SCENARIOS } from "../../../src/lab/scenarios.ts";
import { type IndependentOutcome, independentClient } from "./independent-client.ts";

type Outcome = IndependentOutcome["kind"];

/** Stages of verdicts on servers with which TLS works. */
const BEHIND_TLS: ReadonlySet<Scenario["stage"]> = new Set(["certificate", "credssp", "done"]);

/** Why OpenSSL's client fares otherwise than the verdict on Windows' client says. */
const EXCEPTIONS: Readonly<Record<string, { readonly outcome: Outcome; readonly why: string }>> = {
  "dhe-only": { outcome: "connects", why: "it offers DHE" },
  "ed25519-certificate": { outcome: "connects", why: "it takes Ed25519" },
  "xrdp-tls-unusable": { outcome: "fails", why: "it begins TLS before it reads that all is taken back" },
  "failure-5": { outcome: "no-tls", why: "NLA is required of everybody, and nobody is let in" },
};

/** What a scenario's verdict says of any client. */
const expected = ({ id, verdict, stage, identity }: Scenario): Outcome => {
  const exception = EXCEPTIONS[id];
  if (exception !== undefined) return exception.outcome;
  if (verdict === "nla-required" && identity !== null) return "connects";
  if (stage === "tls") return "fails";
  return BEHIND_TLS.has(stage) ? "connects" : "no-tls";
};

const PATIENCE_MS = { dribble: 15_000, other: 1_500 } as const;

let lab: Lab;

beforeAll(async () => {
  lab = await startLab({ host: "127.0.0.1", basePort: 0 });
});

afterAll(() => lab.close());

const ask = (id: string): Promise<IndependentOutcome> => {
  const listener = lab.listeners.find(({ scenario }) => scenario.id === id);
  if (listener === undefined) throw new Error(`no scenario ${id}`);
  return independentClient(listener, {
    patienceMs: id === "dribble" ? PATIENCE_MS.dribble : PATIENCE_MS.other,
  });
};

describe("OpenSSL's client and each lab scenario", () => {
  it.each(SCENARIOS.map((scenario) => ({ id: scenario.id, outcome: expected(scenario) })))(
    "$id: $outcome",
    async ({ id, outcome }) => {
      const seen = await ask(id);
      expect({ kind: seen.kind, seen }).toMatchObject({ kind: outcome });
    },
  );
});

/** OpenSSL's words for a signature that does not verify: which one depends on the bytes. */
const BAD_SIGNATURE =
  /_(BAD_SIGNATURE|(LAST|FIRST)_OCTET_INVALID|SLEN_(RECOVERY|CHECK)_FAILED|INVALID_PADDING|DATA_TOO_LARGE_FOR_MODULUS|BLOCK_TYPE_IS_NOT_01|PADDING_CHECK_FAILED)$/;

/** What OpenSSL calls it. */
const REASONS: Readonly<Record<string, RegExp>> = {
  "certificate-key-mismatch": BAD_SIGNATURE,
  "certificate-key-mismatch-ec": BAD_SIGNATURE,
  "certificate-key-mismatch-tls10": BAD_SIGNATURE,
  "certificate-key-mismatch-tls13": BAD_SIGNATURE,
  "certificate-list-empty": /_LENGTH_MISMATCH$/,
  "certificate-list-empty-tls13": /_LENGTH_MISMATCH$/,
  "certificate-bare-key": /_WRONG_TAG$/,
  "certificate-garbage": /_HEADER_TOO_LONG$/,
  "certificate-garbage-tls13": /_HEADER_TOO_LONG$/,
  "certificate-over-100-kib": /_EXCESSIVE_MESSAGE_SIZE$/,
  "suite-not-offered": /_UNKNOWN_CIPHER_RETURNED$/,
  "suite-anonymous-not-offered": /_WRONG_CIPHER_RETURNED$/,
  "suite-zero": /_UNKNOWN_CIPHER_RETURNED$/,
  "retry-for-unoffered-group": /_BAD_KEY_SHARE$/,
  "finished-for-certificate": /_UNEXPECTED_MESSAGE$/,
  "key-exchange-missing": /_UNEXPECTED_MESSAGE$/,
  "certificate-verify-missing-tls13": /_UNEXPECTED_MESSAGE$/,
  "finished-wrong-tls13": /_DIGEST_CHECK_FAILED$/,
  "change-cipher-spec-at-once": /_UNEXPECTED_MESSAGE$/,
  "alert-after-confirm": /_ALERT_INTERNAL_ERROR$/,
  "bytes-after-confirm": /_WRONG_VERSION_NUMBER$/,
  "client-certificate-tls12": /_ALERT_HANDSHAKE_FAILURE$/,
  "client-certificate-tls13": /_ALERT_CERTIFICATE_REQUIRED$/,
};

describe("OpenSSL's client fails for the reason that the scenario is about", () => {
  it("each has one", () => {
    const atTls = FAULTY_HANDSHAKES.filter(({ stage }) => stage === "tls").map(({ id }) => id);
    expect(Object.keys(REASONS).sort()).toEqual(atTls.sort());
  });

  it.each(Object.entries(REASONS))("%s: %s", async (id, reason) => {
    expect(await ask(id)).toMatchObject({ kind: "fails", code: expect.stringMatching(reason) });
  });
});
