import { describe, expect, it } from "vitest";
import { fromHex } from "../../src/bytes/hex.ts";
import type { Result } from "../../src/verdict/result/result.ts";
import {
  captureOf,
  client,
  connected,
  ends,
  laterPacket,
  play,
  type Said,
  type Step,
  saidIn,
  server,
  wait,
} from "./conversations.ts";
import { judged } from "./judged.ts";

/** Request, Confirm, ClientHello, the server's flight, the client's keys and Finished, the server's Finished. */
const TLS_1_2 = saidIn("fixtures/xrdp/tls-1.2-only.pcap");
const TLS_1_3 = saidIn("fixtures/xrdp/tls-1.3-only.pcap");

const REQUEST_RDP = fromHex("030000130ee000000000000100080000000000");
const REQUEST_SSL = fromHex("030000130ee000000000000100080001000000");
const REQUEST_ALL = fromHex("030000130ee00000000000010008000b000000");
const CONFIRM_RDP = fromHex("030000130ed000001234000200080000000000");
const CONFIRM_HYBRID = fromHex("030000130ed000001234000200080002000000");
const BARE_REQUEST = fromHex("0300000b06e00000000000");
const BARE_CONFIRM = fromHex("0300000b06d00000123400");
const failure = (code: number): Uint8Array => fromHex(`030000130ed00000123400030008000${code}000000`);
const CONNECT_INITIAL = fromHex("0300000802f0807f");
const FATAL_ALERT = fromHex("15030300020230");
const APPLICATION_DATA = fromHex("1703030004deadbeef");

const upTo = (said: readonly Said[], count: number): readonly Said[] => said.slice(0, count);

const judgedSteps = (
  steps: readonly Step[],
  more: readonly ReturnType<typeof laterPacket>[number][] = [],
): Result => {
  const { results } = judged(captureOf([...play(steps), ...more]));
  const [result] = results;
  if (result === undefined || results.length !== 1) throw new Error(`${results.length} results`);
  return result;
};

const verdictOf = ({ verdict }: Result) =>
  `${verdict.code} at ${verdict.stage}, ${verdict.severity}, ${verdict.confidence}`;

interface Situation {
  readonly what: string;
  readonly steps: readonly Step[];
  readonly verdict: string;
  readonly summary?: RegExp;
  readonly findings?: readonly string[];
  /** How long the capture goes on behind the connection. */
  readonly goesOnMs?: number;
}

const RESET = "reset at";

const SITUATIONS: readonly Situation[] = [
  {
    what: "a SYN without an answer",
    steps: ["syn", wait(1000), "syn", wait(2000), "syn"],
    goesOnMs: 60_000,
    verdict: "port-filtered at tcp, critical, observed",
    summary: /no answer .* within 33\.0 s/,
  },
  {
    what: "a SYN answered by a reset",
    steps: ["syn", ends("server", "rst")],
    verdict: "port-closed at tcp, critical, observed",
  },
  {
    what: "a request that the server resets",
    steps: [...connected, client(REQUEST_ALL), ends("server", "rst")],
    verdict: `${RESET} negotiation, critical, observed`,
  },
  {
    what: "a request that the server answers with a FIN",
    steps: [...connected, client(REQUEST_ALL), ends("server", "fin"), ends("client", "fin")],
    verdict: "closed at negotiation, critical, observed",
  },
  {
    what: "a request without an answer, and a client that waits long",
    steps: [...connected, client(REQUEST_ALL), wait(9000), ends("client", "fin")],
    verdict: "timeout at negotiation, critical, observed",
  },
  {
    what: "a request without an answer, and a client that gives up soon",
    steps: [...connected, client(REQUEST_ALL), wait(900), ends("client", "fin")],
    verdict: "inconclusive at negotiation, warning, inferred",
  },
  {
    what: "a request without an answer while the capture goes on",
    steps: [...connected, client(REQUEST_ALL)],
    goesOnMs: 20_000,
    verdict: "timeout at negotiation, critical, observed",
  },
  {
    what: "a request without an answer for two seconds, when the capture ends",
    steps: [...connected, client(REQUEST_ALL)],
    goesOnMs: 2000,
    verdict: "timeout at negotiation, critical, inferred",
  },
  {
    what: "a capture that ends right behind the request",
    steps: [...connected, client(REQUEST_ALL)],
    verdict: "inconclusive at negotiation, warning, inferred",
  },
  {
    what: "NLA required of a client that offers TLS alone",
    steps: [...connected, client(REQUEST_SSL), server(failure(5)), ends("client", "rst")],
    verdict: "nla-required at negotiation, critical, observed",
    summary: /the client did not offer it/,
  },
  {
    what: "TLS required of a client that offers Standard RDP Security alone",
    steps: [...connected, client(REQUEST_RDP), server(failure(1)), ends("client", "rst")],
    verdict: "tls-required at negotiation, critical, observed",
    summary: /the client did not offer it/,
  },
  {
    what: "Standard RDP Security for a client that asked for nothing else",
    steps: [
      ...connected,
      client(REQUEST_RDP),
      server(CONFIRM_RDP),
      client(CONNECT_INITIAL),
      server(CONNECT_INITIAL),
    ],
    verdict: "ok at done, ok, observed",
    findings: ["standard-security-used"],
  },
  {
    what: "a confirm without negotiation data for a request without",
    steps: [
      ...connected,
      client(BARE_REQUEST),
      server(BARE_CONFIRM),
      client(CONNECT_INITIAL),
      server(CONNECT_INITIAL),
    ],
    verdict: "ok at done, ok, observed",
    findings: ["standard-security-used"],
  },
  {
    what: "Standard RDP Security for a client that asked for more",
    steps: [...connected, client(REQUEST_ALL), server(CONFIRM_RDP), ends("client", "fin")],
    verdict: "standard-security-only at negotiation, warning, observed",
  },
  {
    what: "a Connect-Initial that the server resets",
    steps: [
      ...connected,
      client(REQUEST_RDP),
      server(CONFIRM_RDP),
      client(CONNECT_INITIAL),
      ends("server", "rst"),
    ],
    verdict: `${RESET} negotiation, critical, observed`,
  },
  {
    what: "a client that leaves behind the confirm",
    steps: [...connected, ...upTo(TLS_1_2, 2), ends("client", "fin")],
    verdict: "inconclusive at tls, warning, inferred",
  },
  {
    what: "a capture that ends behind the confirm",
    steps: [...connected, ...upTo(TLS_1_2, 2)],
    verdict: "inconclusive at tls, warning, inferred",
  },
  {
    what: "a ClientHello that the server resets",
    steps: [...connected, ...upTo(TLS_1_2, 3), ends("server", "rst")],
    verdict: `${RESET} tls, critical, observed`,
    summary: /the server reset the connection right after the ClientHello/,
  },
  {
    what: "a ClientHello without an answer while the capture goes on",
    steps: [...connected, ...upTo(TLS_1_2, 3)],
    goesOnMs: 8000,
    verdict: "timeout at tls, critical, observed",
  },
  {
    what: "a ClientHello without an answer, and a client that gives up at once",
    steps: [...connected, ...upTo(TLS_1_2, 3), wait(400), ends("client", "rst")],
    verdict: "inconclusive at tls, warning, inferred",
  },
  {
    what: "a server that resets behind its certificate",
    steps: [...connected, ...upTo(TLS_1_2, 5), ends("server", "rst")],
    verdict: `${RESET} tls, critical, observed`,
    summary: /the server reset the connection after it had sent its certificate/,
  },
  {
    what: "a client that resets behind the server's certificate",
    steps: [...connected, ...upTo(TLS_1_2, 4), ends("client", "rst")],
    verdict: `${RESET} tls, critical, observed`,
    summary: /the client reset the connection after the server's certificate/,
  },
  {
    what: "a client that does not trust the certificate",
    steps: [...connected, ...upTo(TLS_1_2, 4), client(FATAL_ALERT), ends("client", "fin")],
    verdict: "tls-alert at tls, critical, observed",
    summary: /the client ended the handshake with alert 48, unknown_ca/,
  },
  {
    what: "a capture that ends behind the certificate",
    steps: [...connected, ...upTo(TLS_1_2, 4)],
    verdict: "inconclusive at tls, warning, inferred",
  },
  {
    what: "TLS 1.2 that stands, and a client that leaves",
    steps: [...connected, ...upTo(TLS_1_2, 6), ends("client", "fin")],
    verdict: "inconclusive at tls, warning, inferred",
  },
  {
    what: "TLS 1.2 that stands, and a server that leaves without a word",
    steps: [...connected, ...upTo(TLS_1_2, 6), client(APPLICATION_DATA), ends("server", "fin")],
    verdict: "ok at done, ok, inferred",
    findings: ["ended-behind-tls"],
  },
  {
    what: "TLS 1.2 and a session that the server resets later",
    steps: [
      ...connected,
      ...upTo(TLS_1_2, 6),
      client(APPLICATION_DATA),
      server(APPLICATION_DATA),
      ends("server", "rst"),
    ],
    verdict: "ok at done, ok, observed",
    summary: /the session goes on/,
  },
  {
    what: "CredSSP whose first message the server resets, without keys",
    steps: [
      ...connected,
      client(REQUEST_ALL),
      server(CONFIRM_HYBRID),
      ...TLS_1_2.slice(2, 6),
      client(APPLICATION_DATA),
      ends("server", "rst"),
    ],
    verdict: `${RESET} credssp, critical, observed`,
  },
  {
    what: "CredSSP whose first message nobody answers, without keys",
    steps: [
      ...connected,
      client(REQUEST_ALL),
      server(CONFIRM_HYBRID),
      ...TLS_1_2.slice(2, 6),
      client(APPLICATION_DATA),
    ],
    goesOnMs: 15_000,
    verdict: "timeout at credssp, critical, observed",
  },
  {
    what: "CredSSP that is answered, without keys",
    steps: [
      ...connected,
      client(REQUEST_ALL),
      server(CONFIRM_HYBRID),
      ...TLS_1_2.slice(2, 6),
      client(APPLICATION_DATA),
      server(APPLICATION_DATA),
      ends("client", "rst"),
    ],
    verdict: "inconclusive at credssp, warning, inferred",
  },
  {
    what: "a client that closes its half and is still answered",
    steps: [
      ...connected,
      client(REQUEST_SSL),
      ends("client", "fin"),
      server(failure(5)),
      ends("server", "fin"),
    ],
    verdict: "nla-required at negotiation, critical, observed",
  },
  {
    what: "another protocol in answer to a Connection Request",
    steps: [...connected, server(new TextEncoder().encode("SSH-2.0-OpenSSH_9.2\r\n")), client(REQUEST_ALL)],
    verdict: "not-rdp at negotiation, critical, observed",
  },
];

describe("a capture, by how its connection went", () => {
  it.each(SITUATIONS.map((situation) => [situation.what, situation] as const))("%s", (_what, situation) => {
    const { steps, verdict, summary = /./, findings = [], goesOnMs } = situation;
    const result = judgedSteps(steps, goesOnMs === undefined ? [] : laterPacket(goesOnMs));
    expect(verdictOf(result)).toBe(verdict);
    expect(result.verdict.summary).toMatch(summary);
    for (const code of findings) expect(result.findings.map((finding) => finding.code)).toContain(code);
  });

  it.each([
    // The server's Finished is the last word of TLS 1.2: only a client that goes on shows that it was right.
    ["TLS 1.2", TLS_1_2, "inconclusive", "skipped"],
    // The certificate is hidden, and a client that leaves did not accept it.
    ["TLS 1.3", TLS_1_3, "inconclusive", "ok"],
  ])("%s: a client that leaves after a full handshake", (_name, said, code, status) => {
    const result = judgedSteps([...connected, ...said, ends("client", "fin")]);
    expect(result.verdict.code).toBe(code);
    expect(result.stages.find(({ name }) => name === "tls")?.status).toBe(status);
  });

  it("mstsc says nothing of a reset that its own side sent", () => {
    const own = judgedSteps([...connected, ...upTo(TLS_1_2, 4), ends("client", "rst")]);
    const servers = judgedSteps([...connected, ...upTo(TLS_1_2, 4), ends("server", "rst")]);
    expect(own.verdict.mstsc).toBeNull();
    expect(servers.verdict.mstsc).toMatchObject({ code: "0x904" });
  });

  it("another port's SYN without an answer is no result", () => {
    const { results } = judged(captureOf(laterPacket(0)));
    expect(results).toEqual([]);
  });

  it("the name in server_name is the host, and the address the target's", () => {
    const { target } = judgedSteps([...connected, ...TLS_1_2]);
    expect(target).toEqual({
      input: "198.51.100.20:3389",
      host: "198.51.100.20",
      address: "198.51.100.20",
      port: 3389,
      family: 4,
    });
  });

  it("a capture whose client was guessed wrong is turned round by the Connection Request", () => {
    const steps: readonly Step[] = [...TLS_1_2.slice(0, 2), ends("client", "fin")];
    const odd = {
      client: { address: "192.0.2.10", port: 80 },
      server: { address: "192.0.2.20", port: 40_000 },
    };
    const { results } = judged(captureOf(play(steps, odd)));
    expect(results.map(({ source }) => source)).toMatchObject([
      { client: "192.0.2.10:80", server: "192.0.2.20:40000" },
    ]);
    expect(results[0]?.findings.map(({ code }) => code)).toContain("capture-starts-late");
  });
});

describe("a capture that misses bytes", () => {
  const whole = play([...connected, ...TLS_1_2]);
  /** The server's certificate is in the packets of its longest turn. */
  const certificateAt = whole.findIndex(({ bytes }) => bytes.length > 900);

  it("says so, and calls nothing a failure that it did not see", () => {
    const { results } = judged(captureOf(whole.filter((_, index) => index !== certificateAt)));
    const [result] = results;
    expect(result?.verdict).toMatchObject({ code: "inconclusive", stage: "tls" });
    expect(result?.findings.map(({ code }) => code)).toContain("capture-gap");
  });
});
