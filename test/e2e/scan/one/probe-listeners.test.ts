import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { decodeNtlmNegotiate } from "../../../../src/credssp/ntlm-negotiate.ts";
import { ntlmMessageIn } from "../../../../src/credssp/spnego.ts";
import { authenticateChallenges } from "../../../../src/http/authenticate.ts";
import { decodeBase64 } from "../../../../src/http/base64.ts";
import { fieldValues } from "../../../../src/http/message-head.ts";
import { type Identity, mintIdentity } from "../../../../src/lab/certificates/identities.ts";
import {
  type GatewayResponder,
  respondGateway,
  respondGatewayUdp,
  respondHyperv,
  respondRdpeudp,
  respondWebSocket,
} from "../../../../src/lab/listener-responders.ts";
import { decodeRdpeudpDatagram } from "../../../../src/rdpeudp/datagram.ts";
import { synAckDatagram, synDatagram } from "../../../../src/rdpeudp/syn-datagram.ts";
import { MAX_LISTENER_CONNECTIONS, probeListeners } from "../../../../src/scan/one/probe-listeners.ts";
import { listenUdp } from "../../../../src/transport/udp-listener.ts";
import { describeWhere } from "../../../support/availability.ts";
import {
  fullBacklogAvailable,
  type SilentPort,
  startFullBacklog,
} from "../../servers/fronts/full-backlog.ts";
import {
  answerWith,
  askOnly,
  closedPort,
  dribble,
  LOOPBACK,
  play,
  sayForEver,
  TARGET,
  type Trick,
} from "../listener-fixtures.ts";

let identity: Identity;
beforeAll(() => {
  identity = mintIdentity("rsa-2048", new Date());
});

describe("UDP 3389, RDP's own listener ([MS-RDPEUDP])", () => {
  it.each([
    [0x0001, "1"],
    [0x0002, "2"],
    [0x0101, "2"],
  ])("that knows versions up to 0x%i is open, with the version that both know", async (version, name) => {
    const responder = await respondRdpeudp(LOOPBACK, { version });
    const report = await askOnly("udp3389", responder.port);
    await responder.close();
    expect(report).toMatchObject({
      port: responder.port,
      protocol: "udp",
      state: "open",
      what: `MS-RDPEUDP version ${name}`,
      confidence: "observed",
      summary: `UDP ${responder.port} answers as MS-RDPEUDP version ${name}: sessions can use UDP`,
      rdpeudp: { version: name, upStreamMtuBytes: 1232, downStreamMtuBytes: 1232 },
    });
  });

  it("is asked by one SYN of version 2 and nothing more, whatever it answers", async () => {
    const responder = await respondRdpeudp(LOOPBACK, { version: 2 });
    await askOnly("udp3389", responder.port);
    await responder.close();
    expect(responder.received).toHaveLength(1);
    const [syn = new Uint8Array()] = responder.received;
    expect(syn).toHaveLength(1232);
    expect(decodeRdpeudpDatagram(syn)).toMatchObject({
      status: "done",
      value: { sourceAck: 0xffffffff, synEx: { version: 2 } },
    });
  });

  it("that keeps silent gives no answer, which is not closed", async () => {
    const silent = await listenUdp({ ...LOOPBACK, answer: () => [] });
    const report = await askOnly("udp3389", silent.port, 200);
    await silent.close();
    expect(report).toMatchObject({ state: "no-answer", what: null, confidence: null, rdpeudp: null });
    expect(report.summary).toMatch(/^no answer on UDP \d+: filtered, lost, or nothing there/);
  });

  it("is closed where an ICMP port unreachable says so", async () => {
    const report = await askOnly("udp3389", await closedPort());
    expect(report).toMatchObject({ state: "closed", what: null, rdpeudp: null });
    expect(report.summary).toContain("ICMP port unreachable");
  });

  const strange = synDatagram({ initialSequenceNumber: 1, version: 1 });
  it.each<[string, (syn: Uint8Array) => Uint8Array]>([
    ["nothing at all", () => new Uint8Array(0)],
    ["less than a header", () => Uint8Array.of(1, 2, 3)],
    ["64 KiB", () => new Uint8Array(65_000).fill(0xff)],
    ["the SYN itself", (syn) => syn],
    ["DNS", () => Uint8Array.from([0x12, 0x34, 0x81, 0x80, ...new Uint8Array(40)])],
    [
      "a SYN+ACK to somebody else's SYN",
      () => {
        const syn = decodeRdpeudpDatagram(strange);
        if (syn.status !== "done") throw new Error("no SYN");
        return synAckDatagram(syn.value, { initialSequenceNumber: 2, version: 2 });
      },
    ],
  ])("that answers %s is something else", async (_, answer) => {
    const responder = await listenUdp({ ...LOOPBACK, answer: (syn) => [answer(syn)] });
    const report = await askOnly("udp3389", responder.port);
    await responder.close();
    expect(report).toMatchObject({ state: "other", what: null, rdpeudp: null });
  });
});

describe("UDP 3391, RD Gateway's ([MS-TSGU] 1.3.3)", () => {
  it("is most likely RD Gateway where it speaks DTLS", async () => {
    const responder = await respondGatewayUdp(LOOPBACK);
    const report = await askOnly("udp3391", responder.port);
    await responder.close();
    expect(responder.received).toHaveLength(1);
    expect(report).toMatchObject({
      state: "open",
      what: "RD Gateway (UDP)",
      confidence: "inferred",
      dtls: { version: "1.0", message: "hello-verify-request" },
    });
  });

  it("is something else where it does not, no answer in silence, and closed by ICMP", async () => {
    const [echo, silent] = [
      await listenUdp({ ...LOOPBACK, answer: () => [Uint8Array.of(0xff, 0xff)] }),
      await listenUdp({ ...LOOPBACK, answer: () => [] }),
    ];
    expect(await askOnly("udp3391", echo.port)).toMatchObject({ state: "other", dtls: null });
    expect(await askOnly("udp3391", silent.port, 200)).toMatchObject({ state: "no-answer", dtls: null });
    expect(await askOnly("udp3391", await closedPort())).toMatchObject({ state: "closed", dtls: null });
    await Promise.all([echo.close(), silent.close()]);
  });
});

describe("TCP 3387 and 3392, the WebSocket listeners", () => {
  it.each(["websocket3387", "websocket3392"] as const)(
    "%s that takes the upgrade is Remote Desktop (WebSocket), which mstsc does not use",
    async (id) => {
      const isTls = id === "websocket3392";
      const responder = await respondWebSocket(LOOPBACK, { identity: isTls ? identity : null, status: 101 });
      const report = await askOnly(id, responder.port);
      await responder.close();
      expect(report).toMatchObject({
        state: "open",
        what: "Remote Desktop (WebSocket)",
        confidence: "observed",
        summary: `TCP ${responder.port} is Remote Desktop (WebSocket): for the web client, mstsc does not use it`,
        http: { status: 101, server: "Microsoft-HTTPAPI/2.0" },
      });
      expect(report.certificate?.subject ?? null).toBe(isTls ? "CN=RDPLAB" : null);
      expect(responder.connections()).toMatchObject({ total: 1, maxOpen: 1 });
    },
  );

  it.each([400, 401, 403, 426])("of http.sys that refuses with %i is most likely it", async (status) => {
    const responder = await respondWebSocket(LOOPBACK, { identity: null, status });
    const report = await askOnly("websocket3387", responder.port);
    await responder.close();
    expect(report).toMatchObject({ state: "open", confidence: "inferred", http: { status } });
  });

  it("shows its certificate", async () => {
    const responder = await respondWebSocket(LOOPBACK, { identity, status: 426 });
    const { certificate } = await askOnly("websocket3392", responder.port, 1_000, "RDPLAB");
    await responder.close();
    expect(certificate).toMatchObject({ issuer: "CN=RDPLAB", selfSigned: true, matchesTarget: true });
    expect(certificate?.sha256).toMatch(/^[0-9a-f]{64}$/);
    expect(certificate?.notAfter).toMatch(/^\d{4}-\d\d-\d\dT/);
  });

  it.each([
    [
      "http.sys without the path",
      "HTTP/1.1 404 Not Found\r\nServer: Microsoft-HTTPAPI/2.0\r\n\r\n",
      "http.sys",
    ],
    ["another web server", "HTTP/1.1 404 Not Found\r\nServer: nginx\r\n\r\n", "http"],
    ["a web server without a name", "HTTP/1.1 200 OK\r\n\r\n", "http"],
    ["a wrong Sec-WebSocket-Accept", "HTTP/1.1 101 X\r\nSec-WebSocket-Accept: AAAA\r\n\r\n", "http"],
    ["SSH", "SSH-2.0-OpenSSH_9.2\r\n", "ssh"],
    ["VNC", "RFB 003.008\n", "vnc"],
    ["garbage", "\xde\xad\xbe\xef", null],
    ["TLS where none is asked for", "\x15\x03\x03\x00\x02\x02\x28", "tls"],
  ])("%s is something else, and named where it is known", async (_, text, what) => {
    const host = await play(answerWith(text));
    const report = await askOnly("websocket3387", host.port, 300);
    await host.close();
    expect(report).toMatchObject({ state: "other", what });
    expect(report.summary).toMatch(/^TCP \d+ is open, but not as Remote Desktop \(WebSocket\): /);
  });

  it.each<[string, Trick, string]>([
    ["silence", answerWith(), "nothing more came in time"],
    ["a FIN", async () => undefined, "it closed the connection"],
    ["half an answer", answerWith("HTTP/1.1 2"), "nothing more came in time"],
  ])("%s is something else", async (_, trick, why) => {
    const host = await play(trick);
    const report = await askOnly("websocket3387", host.port, 200);
    await host.close();
    expect(report).toMatchObject({ state: "other", http: null });
    expect(report.summary).toMatch(new RegExp(`no HTTP answer \\(${why}\\)$`));
  });

  it("that resets at the ClientHello is what http.sys does without a certificate", async () => {
    const host = await play(async (connection) => {
      await connection.hears(2_000);
      connection.reset();
    });
    const report = await askOnly("websocket3392", host.port);
    await host.close();
    expect(report).toMatchObject({ state: "other", what: null });
    expect(report.summary).toContain("as http.sys does without a certificate for the port");
  });

  it("that speaks plain HTTP where TLS belongs is something else", async () => {
    const host = await play(async (connection) => {
      await connection.hears(2_000);
      await connection.write(Buffer.from("HTTP/1.1 400 Bad Request\r\n\r\n"));
      await connection.end();
    });
    const report = await askOnly("websocket3392", host.port);
    await host.close();
    expect(report).toMatchObject({ state: "other", what: "http", certificate: null });
    expect(report.summary).toContain("no TLS (it speaks http)");
  });

  it("is closed where the SYN is refused", async () => {
    const report = await askOnly("websocket3387", await closedPort());
    expect(report).toMatchObject({ state: "closed", what: null, http: null, certificate: null });
  });
});

describeWhere(fullBacklogAvailable())("A TCP port that answers no SYN", () => {
  let silent: SilentPort;
  beforeAll(async () => {
    silent = await startFullBacklog();
  });
  afterAll(() => silent.stop());

  it.each(["websocket3387", "websocket3392", "gateway443", "hyperv2179"] as const)(
    "%s is filtered",
    async (id) => {
      const report = await askOnly(id, silent.port, 300);
      expect(report).toMatchObject({ state: "filtered", what: null });
      expect(report.summary).toBe(`TCP ${silent.port} is filtered: no answer to the SYN`);
    },
  );
});

describe("TCP 443, RD Gateway ([MS-TSGU] 3.3.5.1)", () => {
  const askGateway = async (policy: Omit<Parameters<typeof respondGateway>[1], "identity">) => {
    const responder = await respondGateway(LOOPBACK, { identity, ...policy });
    const report = await askOnly("gateway443", responder.port);
    await responder.close();
    return { responder, report };
  };

  const NTLM = {
    targetName: "LAB",
    netbiosComputer: "RDPLAB",
    netbiosDomain: "LAB",
    dnsComputer: "rdplab.lab.test",
    dnsDomain: "lab.test",
    dnsTree: "lab.test",
    osVersion: "10.0.20348",
    os: ["Windows Server 2022"],
  };

  it("names its authentication, its certificate and itself, in one connection", async () => {
    const { responder, report } = await askGateway({ schemes: ["Negotiate", "NTLM"] });
    expect(report).toMatchObject({
      state: "open",
      what: "RD Gateway",
      confidence: "inferred",
      authentication: ["Negotiate", "NTLM"],
      http: { status: 401, reason: "Unauthorized", server: "Microsoft-HTTPAPI/2.0" },
      certificate: { subject: "CN=RDPLAB" },
      ntlm: NTLM,
    });
    expect(report.summary).toBe(
      `TCP ${responder.port} answers as RD Gateway, authentication Negotiate, NTLM, computer rdplab.lab.test`,
    );
    expect(responder.connections()).toMatchObject({ total: 1, maxOpen: 1 });
    expect(report.ntlm?.clockSkewMs).toBeGreaterThan(-2_000);
    expect(report.ntlm?.clockSkewMs).toBeLessThan(2_000);
  });

  it("tells the same through Negotiate alone, wrapped in SPNEGO", async () => {
    const { report } = await askGateway({ schemes: ["Negotiate"] });
    expect(report.ntlm).toMatchObject(NTLM);
  });

  it("tells the same in two connections, one after the other, where each answer closes its own", async () => {
    const { responder, report } = await askGateway({ schemes: ["NTLM"], isClosing: true });
    expect(report.ntlm).toMatchObject(NTLM);
    expect(responder.connections()).toMatchObject({ total: 2, maxOpen: 1 });
  });

  it("shows how far its clock is ahead", async () => {
    const { report } = await askGateway({ schemes: ["NTLM"], clockAheadMs: 600_000 });
    expect(Math.abs((report.ntlm?.clockSkewMs ?? 0) - 600_000)).toBeLessThan(2_000);
  });

  it.each(["SSPI_NTLM", "PAA", "SMARTCARD"])(
    "is certain where it offers %s, a scheme of its own",
    async (scheme) => {
      const { report } = await askGateway({ schemes: [scheme] });
      expect(report).toMatchObject({ state: "open", confidence: "observed", ntlm: null });
    },
  );

  const requestsOf = ({ requests }: GatewayResponder) =>
    requests.map((request) => ({
      line: request.startLine,
      id: fieldValues(request, "RDG-Connection-Id")[0],
      host: fieldValues(request, "Host")[0],
      authorization: fieldValues(request, "Authorization"),
    }));

  it("is asked for the OUT channel, by a random connection id", async () => {
    const { responder } = await askGateway({ schemes: ["PAA"] });
    expect(requestsOf(responder)).toEqual([
      {
        line: "RDG_OUT_DATA /remoteDesktopGateway/ HTTP/1.1",
        id: expect.stringMatching(/^\{[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\}$/),
        host: `rdplab.test:${responder.port}`,
        authorization: [],
      },
    ]);
  });

  it.each([["NTLM"], ["Negotiate"]])(
    "gets no more than a NEGOTIATE_MESSAGE by %s: nobody logs on",
    async (scheme) => {
      const { responder } = await askGateway({ schemes: [scheme] });
      const sent = requestsOf(responder).flatMap(({ authorization }) =>
        authenticateChallenges(authorization),
      );
      expect(sent.map((one) => one.scheme)).toEqual([scheme]);
      const token = decodeBase64(sent[0]?.token ?? "");
      const message = token === null ? null : ntlmMessageIn(token);
      if (message?.status !== "done" || message.value === null) throw new Error("no NTLM message");
      expect(decodeNtlmNegotiate(message.value)).toMatchObject({
        status: "done",
        value: { domainName: null, workstation: null },
      });
    },
  );

  it.each([
    ["a web server", "HTTP/1.1 404 Not Found\r\nServer: nginx\r\n\r\n", "it answers HTTP 404 from nginx"],
    [
      "a web server with a password",
      'HTTP/1.1 401 X\r\nWWW-Authenticate: Basic realm="x"\r\n\r\n',
      "HTTP 401",
    ],
    ["an answer without a challenge", "HTTP/1.1 401 X\r\n\r\n", "HTTP 401"],
    ["an answer that lets everybody in", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", "HTTP 200"],
  ])("that is %s is something else", async (_, text, clause) => {
    const host = await play(answerWith(text), identity);
    const report = await askOnly("gateway443", host.port, 300);
    await host.close();
    expect(report).toMatchObject({
      state: "other",
      what: "http",
      ntlm: null,
      certificate: { subject: "CN=RDPLAB" },
    });
    expect(report.summary).toContain(clause);
  });

  it("is closed where the SYN is refused", async () => {
    const report = await askOnly("gateway443", await closedPort());
    expect(report).toMatchObject({ state: "closed", authentication: [], ntlm: null, certificate: null });
  });
});

describe("TCP 2179, Hyper-V's VMConnect", () => {
  it("is most likely it where the host waits in silence, and is sent nothing", async () => {
    const responder = await respondHyperv(LOOPBACK);
    const report = await askOnly("hyperv2179", responder.port, 200);
    await responder.close();
    expect(report).toMatchObject({ state: "open", what: "Hyper-V VMConnect", confidence: "inferred" });
    expect(report.summary).toBe(`TCP ${responder.port} is open and waits, as Hyper-V's VMConnect does`);
  });

  it("is something else where the host speaks first or ends at once, and closed by a RST to the SYN", async () => {
    const ssh = await play(async (connection) => {
      await connection.write(Buffer.from("SSH-2.0-x\r\n"));
      await connection.drain(5_000);
    });
    const hasty = await play(async () => undefined);
    expect(await askOnly("hyperv2179", ssh.port)).toMatchObject({ state: "other", what: "ssh" });
    expect(await askOnly("hyperv2179", hasty.port)).toMatchObject({ state: "other", what: null });
    expect(await askOnly("hyperv2179", await closedPort())).toMatchObject({ state: "closed" });
    await Promise.all([ssh.close(), hasty.close()]);
  });
});

const CHALLENGED = "HTTP/1.1 401 X\r\nContent-Length: 0\r\nWWW-Authenticate: NTLM\r\n\r\n";
const withToken = (token: string) =>
  `HTTP/1.1 401 X\r\nContent-Length: 0\r\nWWW-Authenticate: NTLM ${token}\r\n\r\n`;
const WRAPPING = Buffer.from(
  "4e544c4d53535000 02000000 ffff ffff ffffff7f 00028362 0011223344556677 0000000000000000 ffff ffff f0ffffff".replaceAll(
    " ",
    "",
  ),
  "hex",
).toString("base64");

describe("Hostile answers to HTTP", () => {
  it.each([
    ["endless fields", sayForEver("HTTP/1.1 401 X\r\n", "X: y\r\n".repeat(200))],
    ["an endless line", sayForEver("HTTP/1.1 401 ", "y".repeat(4_000))],
    ["endless interim answers", sayForEver("", "HTTP/1.1 100 Continue\r\n\r\n".repeat(100))],
    ["endless garbage", sayForEver("", "\xff\x00".repeat(2_000))],
    [
      "endless content",
      sayForEver("HTTP/1.1 401 X\r\nContent-Length: 9\r\nWWW-Authenticate: NTLM\r\n\r\n", "y".repeat(4_000)),
    ],
    [
      "a content that never comes",
      answerWith("HTTP/1.1 401 X\r\nContent-Length: 60000\r\nWWW-Authenticate: NTLM\r\n\r\n"),
    ],
    [
      "a content of a gigabyte",
      answerWith("HTTP/1.1 401 X\r\nContent-Length: 999999999\r\nWWW-Authenticate: NTLM\r\n\r\n"),
    ],
    [
      "a huge list of schemes",
      answerWith(`HTTP/1.1 401 X\r\nWWW-Authenticate: ${"a,".repeat(8_000)}NTLM\r\n\r\n`),
    ],
    [
      "a list of schemes beyond all bounds",
      answerWith(`HTTP/1.1 401 X\r\nWWW-Authenticate: ${"a,".repeat(80_000)}NTLM\r\n\r\n`),
    ],
    ["a token that is no Base64", answerWith(CHALLENGED, withToken("!!!!"))],
    ["a token that is no NTLM", answerWith(CHALLENGED, withToken("AAAA"))],
    ["a challenge that ends at once", answerWith(CHALLENGED, withToken("TlRMTVNTUAACAAAA"))],
    ["a challenge whose offsets wrap", answerWith(CHALLENGED, withToken(WRAPPING))],
    ["a challenge of 12 KiB of nothing", answerWith(CHALLENGED, withToken("A".repeat(12_000)))],
    ["the same challenge again and again", answerWith(CHALLENGED, CHALLENGED, CHALLENGED)],
    ["an answer to the first question only", answerWith(CHALLENGED)],
    ["a byte at a time", dribble(CHALLENGED)],
    ["escape sequences for a name", answerWith("HTTP/1.1 404 X\r\nServer: \x1b[31mred\r\n\r\n")],
  ])("%s: a report in time, one connection at a time", { timeout: 15_000 }, async (_, trick) => {
    const timeoutMs = 400;
    const [plain, secured] = [await play(trick), await play(trick, identity)];
    const started = performance.now();
    const reports = await Promise.all([
      askOnly("websocket3387", plain.port, timeoutMs),
      askOnly("websocket3392", secured.port, timeoutMs),
    ]);
    const gateway = await askOnly("gateway443", secured.port, timeoutMs);
    expect(performance.now() - started).toBeLessThan(10_000);
    for (const report of [...reports, gateway]) {
      expect(["open", "other"]).toContain(report.state);
      expect(report.summary.length).toBeLessThan(1_000);
    }
    // A challenge whose parts all lie outside it is one, and says nothing.
    expect(
      Object.values(gateway.ntlm ?? {})
        .flat()
        .filter((fact) => fact !== null),
    ).toEqual([]);
    expect(secured.connections().maxOpen).toBe(1);
    await Promise.all([plain.close(), secured.close()]);
  });

  it("a server's name of 15 KiB is cut in the summary and whole in the facts", async () => {
    const name = "y".repeat(15_000);
    const host = await play(answerWith(`HTTP/1.1 404 X\r\nServer: ${name}\r\n\r\n`));
    const report = await askOnly("websocket3387", host.port);
    await host.close();
    expect(report.http?.server).toBe(name);
    expect(report.summary.length).toBeLessThan(200);
  });
});

describe("All listeners of a host", () => {
  it("are asked one after the other over TCP, within the connections that are promised", async () => {
    const responders = [
      await respondWebSocket(LOOPBACK, { identity: null, status: 101 }),
      await respondWebSocket(LOOPBACK, { identity, status: 101 }),
      await respondGateway(LOOPBACK, { identity, schemes: ["NTLM"], isClosing: true }),
      await respondHyperv(LOOPBACK),
    ] as const;
    const [plain, secured, gateway, hyperv] = responders;
    let mostOpen = 0;
    const watch = setInterval(() => {
      const open = responders.reduce((sum, one) => sum + one.connections().open, 0);
      mostOpen = Math.max(mostOpen, open);
    }, 1);
    const closed = await closedPort();
    const ports = {
      udp3389: closed,
      udp3391: closed,
      websocket3387: plain.port,
      websocket3392: secured.port,
      gateway443: gateway.port,
      hyperv2179: hyperv.port,
    };
    const reports = await probeListeners(TARGET, { timeoutMs: 1_000, deadlineMs: 20_000, ports });
    clearInterval(watch);
    expect(Object.values(reports).map((report) => report?.state)).toEqual([
      "closed",
      "closed",
      "open",
      "open",
      "open",
      "open",
    ]);
    const total = responders.reduce((sum, one) => sum + one.connections().total, 0);
    expect(total).toBe(MAX_LISTENER_CONNECTIONS);
    expect(mostOpen).toBe(1);
    await Promise.all(responders.map((one) => one.close()));
  });

  it("that would have too little time before the deadline are null, and are not asked", async () => {
    const silent = await respondHyperv(LOOPBACK);
    const ports = { websocket3387: silent.port, websocket3392: silent.port, udp3389: await closedPort() };
    const started = performance.now();
    const reports = await probeListeners(TARGET, { timeoutMs: 400, deadlineMs: 600, ports });
    expect(performance.now() - started).toBeLessThan(3_000);
    await silent.close();
    expect(reports.websocket3387).toMatchObject({ state: "other" });
    expect(reports).toMatchObject({ websocket3392: null, gateway443: null, hyperv2179: null });
    expect(silent.connections().total).toBe(1);
  });

  it("are asked over IPv6 as well", async () => {
    const at = { host: "::1", port: 0 };
    const [udp, web] = [
      await respondRdpeudp(at, { version: 2 }),
      await respondWebSocket(at, { identity: null, status: 101 }),
    ];
    const closed = await closedPort();
    const ports = {
      udp3389: udp.port,
      udp3391: closed,
      websocket3387: web.port,
      websocket3392: closed,
      gateway443: closed,
      hyperv2179: closed,
    };
    const target = { host: "::1", address: "::1", family: 6 } as const;
    const reports = await probeListeners(target, { timeoutMs: 1_000, deadlineMs: 10_000, ports });
    expect(reports.udp3389?.state).toBe("open");
    expect(reports.websocket3387?.state).toBe("open");
    await Promise.all([udp.close(), web.close()]);
  });
});
