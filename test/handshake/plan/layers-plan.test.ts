import { describe, expect, it } from "vitest";
import { fromHex } from "../../../src/bytes/hex.ts";
import { readTranscript } from "../read-transcript.ts";
import { connectionRequestAsking, PROBE_IDENTITY } from "../../../src/handshake/plan/connection-requests.ts";
import type { ConversationPlan } from "../../../src/handshake/conversation/conversation.ts";
import {
  LAYER_PURPOSES,
  LAYER_QUESTIONS,
  METHOD_QUESTIONS,
} from "../../../src/handshake/plan/layer-questions.ts";
import { layerAnswers } from "../../../src/handshake/facts/layer-states.ts";
import { type LayersOffer, nextLayerConnection } from "../../../src/handshake/plan/layers-plan.ts";
import {
  differentialOf,
  type ProbeConnection,
  type Purpose,
} from "../../../src/handshake/plan/probe-plan.ts";
import type { WireEvent } from "../../../src/handshake/conversation/transcript.ts";
import { connectInitial } from "../../../src/mcs/client-settings.ts";
import { encodeConnectInitial } from "../../../src/mcs/connect-initial.ts";
import { connectResponse, encodeConnectResponse } from "../../../src/mcs/connect-response.ts";
import { encodeConnectionRequest } from "../../../src/x224/connection-request.ts";
import { PROTOCOL, type ProtocolId } from "../../../src/x224/protocols.ts";
import { REFERENCE } from "../../verdict/transcripts.ts";

const OFFER: LayersOffer = { routing: { kind: "cookie", identity: PROBE_IDENTITY }, reference: REFERENCE };
const DISCONNECT = "0300000902f0802180";

const selects = (protocol: number): string => `030000130ed0000012340002010800${hex(protocol)}000000`;
const fails = (code: number): string => `030000130ed0000012340003000800${hex(code)}000000`;
const hex = (byte: number): string => byte.toString(16).padStart(2, "0");

type Step = string | { readonly sent: Uint8Array } | "rst" | "fin" | "timeout";

/** A connection that asked for these protocols; hex is what the server sends. */
const asking = (purpose: Purpose, requested: number, ...steps: readonly Step[]): ProbeConnection => {
  const request = encodeConnectionRequest(connectionRequestAsking(requested, null));
  const opening: WireEvent[] = [
    { kind: "connected", atMs: 1 },
    { kind: "sent", atMs: 1, bytes: request },
  ];
  const events = steps.map((step, index): WireEvent => {
    const atMs = index + 2;
    if (typeof step !== "string") return { kind: "sent", atMs, bytes: step.sent };
    if (step === "rst" || step === "fin" || step === "timeout") return { kind: step, atMs };
    return { kind: "received", atMs, bytes: fromHex(step) };
  });
  return { purpose, facts: readTranscript([...opening, ...events], 0) };
};

const main = (...steps: readonly Step[]): ProbeConnection => asking("offer-all", 0x0b, ...steps);

/** Standard RDP Security, begun with these methods and answered by that one. */
const standard = (purpose: Purpose, offered: number, chosen: number, level = 2): ProbeConnection => {
  const initial = connectInitial({ serverSelectedProtocol: 0, encryptionMethods: offered });
  const answer = connectResponse([
    { kind: "core", version: 0x00080004, clientRequestedProtocols: 0 },
    { kind: "security", encryptionMethod: chosen, encryptionLevel: level },
  ]);
  const bytes = Buffer.from(encodeConnectResponse(answer)).toString("hex");
  return asking(purpose, 0, selects(0), { sent: encodeConnectInitial(initial) }, bytes);
};

const next = (...soFar: readonly ProbeConnection[]): string | null =>
  nextLayerConnection(soFar, OFFER)?.purpose ?? null;

const plans = (...soFar: readonly ProbeConnection[]): ConversationPlan | undefined =>
  nextLayerConnection(soFar, OFFER)?.plan;

const state = (id: ProtocolId, ...connections: readonly ProbeConnection[]) => layerAnswers(connections)[id];

describe("what a connection says of a layer (facts 2.1, 2.2)", () => {
  it.each([
    ["the selected one is accepted", "ssl", asking("layer-ssl", 1, selects(1)), "accepted", null],
    [
      "a stronger one that was passed over is refused",
      "rdstls",
      asking("layer-rdstls", 5, selects(1)),
      "refused",
      null,
    ],
    ["a weaker one stays unknown", "ssl", main(selects(8)), "unknown", null],
    ["one that was not asked for stays unknown", "rdsaad", main(selects(8)), "unknown", null],
    ["a failure refuses all that was asked for", "hybrid", main(fails(2)), "refused", 2],
    ["a failure that wants less than it got refuses no less", "hybrid-ex", main(fails(1)), "refused", 1],
    ["SSL_NOT_ALLOWED says nothing of Standard RDP Security", "rdp", main(fails(2)), "unknown", null],
    ["HYBRID_REQUIRED refuses Standard RDP Security", "rdp", main(fails(5)), "refused", 5],
    [
      "the failure to the request for it alone refuses it",
      "rdp",
      asking("layer-rdp", 0, fails(3)),
      "refused",
      3,
    ],
    ["INCONSISTENT_FLAGS says nothing", "ssl", main(fails(4)), "unknown", null],
    ["a code without a name refuses", "ssl", asking("layer-ssl", 1, fails(99)), "refused", 99],
    ["no negotiation data is Standard RDP Security", "rdp", main("0300000b06d00000123400"), "accepted", null],
    [
      "a disconnection refuses the layer that was asked about",
      "rdsaad",
      asking("layer-rdsaad", 16, DISCONNECT),
      "refused",
      null,
    ],
    ["a disconnection of the offer of all says nothing", "hybrid-ex", main(DISCONNECT), "unknown", null],
    ["a reset says nothing", "rdp", asking("layer-rdp", 0, "rst"), "unknown", null],
    ["silence says nothing", "rdp", asking("layer-rdp", 0, "timeout"), "unknown", null],
    [
      "one that was selected unasked is not accepted by that",
      "ssl",
      asking("layer-rdsaad", 16, selects(1)),
      "unknown",
      null,
    ],
    [
      "one that was asked for and answered by an unasked one is refused",
      "rdsaad",
      asking("layer-rdsaad", 16, selects(1)),
      "refused",
      null,
    ],
    [
      "one that is taken back at once is refused",
      "ssl",
      asking("layer-ssl", 1, selects(1) + DISCONNECT),
      "refused",
      null,
    ],
  ] as const)("%s", (_name, id, connection, expected, failureCode) => {
    expect(state(id, connection)).toEqual({ state: expected, failureCode });
  });

  it("accepted once stands above refused elsewhere", () => {
    const refused = main(fails(2));
    expect(state("ssl", refused, asking("layer-ssl", 1, selects(1)))).toMatchObject({ state: "accepted" });
  });

  it("taken back once stands above accepted elsewhere, where nobody waited for it", () => {
    const takenBack = main(selects(1) + DISCONNECT);
    expect(state("ssl", asking("layer-rdstls", 5, selects(1)), takenBack)).toMatchObject({
      state: "refused",
    });
  });

  it("the code is that of the request for the layer alone, where there is one", () => {
    expect(state("rdp", main(fails(5)), asking("layer-rdp", 0, fails(1)))).toMatchObject({ failureCode: 1 });
    expect(state("ssl", main(fails(2)), asking("layer-ssl", 1, DISCONNECT))).toMatchObject({
      failureCode: 2,
    });
  });
});

describe("the layers plan", () => {
  it("asks for each layer as real clients combine them", () => {
    expect(LAYER_QUESTIONS.map(({ layer, requestedProtocols }) => [layer, requestedProtocols])).toEqual([
      ["rdp", 0x00],
      ["ssl", 0x01],
      ["hybrid", 0x03],
      ["rdstls", 0x05],
      ["rdsaad", 0x10],
    ]);
    expect(METHOD_QUESTIONS.map(({ bit }) => bit)).toEqual([0x01, 0x08, 0x02, 0x10]);
    expect(new Set(LAYER_PURPOSES).size).toBe(LAYER_PURPOSES.length);
  });

  it("begins with Standard RDP Security, with every method, and without TLS", () => {
    expect(plans(main(selects(8)))).toMatchObject({
      request: { negotiation: { requestedProtocols: PROTOCOL.rdp }, routing: OFFER.routing },
      tls: { kind: "none" },
      after: { kind: "mcs", encryptionMethods: 0x1b },
    });
  });

  it.each([
    [
      "refused TLS alone with HYBRID_REQUIRED",
      [main(selects(8)), asking("ssl-only", 1, fails(5))],
      "layer-hybrid",
    ],
    [
      "accepted TLS alone: the version stands behind it",
      [main(selects(8)), asking("ssl-only", 1, selects(1))],
      "layer-ssl",
    ],
    ["chose TLS over CredSSP", [main(selects(1))], "layer-ssl"],
    ["does not allow TLS", [main(fails(2))], "layer-rdstls"],
    ["selects Standard RDP Security", [main(selects(0))], "layer-rdstls"],
    [
      "has CredSSP without early user authorization",
      [main(selects(2)), asking("ssl-only", 1, fails(5))],
      "layer-rdstls",
    ],
  ] as const)("after the first question, where the server %s: %s", (_name, soFar, expected) => {
    expect(next(...soFar, asking("layer-rdp", 0, fails(1)))).toBe(expected);
  });

  it("goes through TLS to the version, and not where TLS is known to fail", () => {
    const rdp = asking("layer-rdp", 0, fails(1));
    expect(plans(main(selects(8)), rdp)).toMatchObject({
      tls: { kind: "handshake" },
      after: { kind: "mcs" },
    });
    const failing = main(selects(8), { sent: fromHex("1603010001") }, "rst");
    expect(plans(failing, rdp)).toMatchObject({ tls: { kind: "none" } });
    const failingTls = main(selects(1), { sent: fromHex("1603010001") }, "rst");
    expect(next(failingTls, rdp)).toBe("layer-rdstls");
  });

  it("asks for each method that no answer has named, one a connection", () => {
    const soFar = [
      main(fails(2)),
      standard("layer-rdp", 0x1b, 0x02),
      asking("layer-rdstls", 5, fails(2)),
      asking("layer-rdsaad", 16, fails(2)),
    ];
    expect(plans(...soFar)).toMatchObject({ after: { kind: "mcs", encryptionMethods: 0x01 } });
    const more = [...soFar, standard("method-40-bit", 0x01, 0x01)];
    expect(next(...more)).toBe("method-56-bit");
    const all = [...more, asking("method-56-bit", 0, selects(0), "fin")];
    expect(next(...all)).toBe("method-fips");
    expect(next(...all, standard("method-fips", 0x10, 0x10))).toBeNull();
  });

  it.each([
    ["does not encrypt", standard("layer-rdp", 0x1b, 0, 0)],
    ["is at FIPS level", standard("layer-rdp", 0x1b, 0x10, 4)],
    ["gave no Connect-Response", asking("layer-rdp", 0, selects(0), "fin")],
    ["refuses Standard RDP Security", asking("layer-rdp", 0, fails(1))],
  ])("asks for no method where the server %s", (_name, rdp) => {
    const soFar = [
      main(fails(2)),
      rdp,
      asking("layer-rdstls", 5, fails(2)),
      asking("layer-rdsaad", 16, fails(2)),
    ];
    expect(next(...soFar)).toBeNull();
  });

  it("asks for no more methods once the server has chosen one that was not offered", () => {
    const soFar = [
      main(fails(2)),
      standard("layer-rdp", 0x1b, 0x02),
      asking("layer-rdstls", 5, fails(2)),
      asking("layer-rdsaad", 16, fails(2)),
      standard("method-40-bit", 0x01, 0x02),
    ];
    expect(next(...soFar)).toBeNull();
  });

  it.each([
    [
      "nothing was connected",
      {
        purpose: "offer-all",
        facts: readTranscript(
          [{ kind: "connect-failed", atMs: 1, reason: "refused", detail: "ECONNREFUSED" }],
          0,
        ),
      },
    ],
    ["nothing answered", main("timeout")],
    ["something else answered", main("485454502f312e31")],
    ["the answer was broken", main("03000003")],
  ] as const)("asks nothing where %s", (_name, connection) => {
    expect(next(connection)).toBeNull();
  });

  it("gives up after two connections in a row without an answer", () => {
    const cut = main("rst");
    expect(next(cut)).toBe("layer-rdp");
    expect(next(cut, asking("layer-rdp", 0, "rst"))).toBe("layer-ssl");
    expect(next(cut, asking("layer-rdp", 0, "rst"), asking("layer-ssl", 1, "fin"))).toBeNull();
    expect(next(cut, asking("layer-rdp", 0, "rst"), asking("layer-ssl", 1, selects(1)))).toBe("layer-hybrid");
  });

  it.each([
    ["a token", { kind: "token", token: "tsv://MS Terminal Services Plugin.1.Farm" }, "without-routing"],
    ["a cookie of the user's", { kind: "cookie", identity: "alice" }, "without-routing"],
    ["the probe's own cookie", OFFER.routing, null],
    ["nothing", null, null],
  ] as const)(
    "compares at the end with a request that carries no routing, where it carried %s",
    (_name, routing, expected) => {
      const soFar = [
        main(fails(2)),
        asking("layer-rdp", 0, fails(2)),
        asking("layer-rdstls", 5, fails(2)),
        asking("layer-rdsaad", 16, fails(2)),
      ];
      const last = nextLayerConnection(soFar, { ...OFFER, routing });
      expect(last?.purpose ?? null).toBe(expected);
      if (last !== null)
        expect(last.plan.request).toMatchObject({ routing: null, negotiation: { requestedProtocols: 0x0b } });
    },
  );

  it("its connections are none of the differential's", () => {
    expect(differentialOf(LAYER_PURPOSES.map((purpose) => ({ ...main(selects(1)), purpose }))).size).toBe(0);
  });

  it("always comes to an end, with ten connections at the most", () => {
    const soFar = [main(selects(8))];
    const asked: string[] = [];
    for (let turn = 0; turn < 20; turn += 1) {
      const connection = nextLayerConnection(soFar, { ...OFFER, routing: { kind: "token", token: "x" } });
      if (connection === null) break;
      asked.push(connection.purpose);
      const { plan, purpose } = connection;
      const requested = plan.request?.negotiation?.requestedProtocols ?? 0;
      soFar.push(
        plan.after.kind === "mcs" && requested === 0
          ? standard(
              purpose,
              plan.after.encryptionMethods,
              plan.after.encryptionMethods & -plan.after.encryptionMethods,
            )
          : asking(purpose, requested, selects(requested)),
      );
    }
    expect(asked).toHaveLength(new Set(asked).size);
    expect(asked.length).toBeLessThanOrEqual(10);
    expect(asked).toContain("without-routing");
  });
});
