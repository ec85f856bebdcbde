import { describe, expect, it } from "vitest";
import { CLIENT_PROFILES } from "../../../src/tls/profiles/client-profiles.ts";
import { useLab } from "./lab.ts";
import { rdprobe } from "./rdprobe.ts";

const lab = useLab("127.0.0.1", ["tls13-only", "3des-only", "anon-only", "port-closed"]);

const IDS = CLIENT_PROFILES.map(({ id }) => id);

const linesOf = (stdout: string): readonly string[] => stdout.trimEnd().split("\n");

describe("rdprobe clients", () => {
  it("lists every profile with its name, its versions, how sure it is and its source", async () => {
    const { code, stdout, stderr } = await rdprobe(["clients"]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const [head, ...rows] = linesOf(stdout);
    expect(head).toMatch(/^CLIENT +NAME +VERSIONS +KNOWN FROM +SOURCE$/);
    expect(rows.map((row) => row.split(" ")[0])).toEqual(IDS);
    expect(stdout).toMatch(
      /^win11-mstsc-nla +mstsc of Windows 11 with NLA +1\.0-1\.3 +captured +awakecoding/m,
    );
  });

  it("does so as JSON, with suites and groups by name", async () => {
    const { stdout } = await rdprobe(["clients", "--json"]);
    const listed: unknown = JSON.parse(stdout);
    expect(listed).toHaveLength(IDS.length);
    expect(listed).toContainEqual(
      expect.objectContaining({
        id: "win7-mstsc",
        versions: ["1.0"],
        confidence: "captured",
        groups: ["secp256r1", "secp384r1"],
        cipherSuites: expect.arrayContaining(["TLS_RSA_WITH_RC4_128_MD5"]),
      }),
    );
  });
});

describe("rdprobe clients --for", () => {
  it("says for each client how it fares at a server", async () => {
    const { code, stdout } = await rdprobe(["clients", "--for", lab.target("3des-only"), "--pause", "0"]);
    expect(code).toBe(0);
    const [head, ...rows] = linesOf(stdout);
    expect(head).toMatch(/^CLIENT +OUTCOME +TLS +CIPHER +BASIS +WHY$/);
    expect(rows.map((row) => row.split(" ")[0])).toEqual(IDS);
    // The scenario answers the hello and ends there: its suite is not spoken.
    expect(stdout).toMatch(/^win10-1809 +closed +- +- +observed +the server closed the connection after/m);
    expect(stdout).toMatch(
      /^win11-mstsc-nla +no-shared-cipher +- +- +observed +in TLS 1\.2 .* 3DES suites alone/m,
    );
  });

  it("does so as JSON, with what the server takes and the number of connections", async () => {
    const listener = lab.listener("anon-only");
    const { code, stdout } = await rdprobe([
      "clients",
      "--for",
      lab.target("anon-only"),
      "--json",
      "--pause",
      "0",
    ]);
    expect(code).toBe(0);
    const document: unknown = JSON.parse(stdout);
    expect(document).toMatchObject({
      target: { host: "127.0.0.1", port: listener.port },
      connections: listener.connections().total,
      tlsSupport: {
        "1.2": { serverPreference: true, complete: true, notUsableWithCertificate: [] },
        "1.3": { accepted: [], complete: true },
      },
    });
    expect(document).toHaveProperty("clients.length", IDS.length);
    expect(listener.connections().maxOpen).toBe(1);
  });

  it("computes where a hello adds nothing, and says so", async () => {
    const { stdout } = await rdprobe(["clients", "--for", lab.target("tls13-only"), "--pause", "0"]);
    expect(stdout).toMatch(/^win7-mstsc +no-shared-tls-version +- +- +computed /m);
    expect(stdout).toMatch(/^win11-mstsc-nla +connects +1\.3 +TLS_AES_\d+_GCM_SHA\d+ +observed /m);
  });

  it("a port that is closed is one line that says where to look, and exit code 1", async () => {
    const { code, stdout, stderr } = await rdprobe(["clients", "--for", lab.target("port-closed")]);
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toMatch(/^rdprobe: \S+ answered no ClientHello; rdprobe \S+ says why\n$/);
  });

  it.each([
    [["--for", "a b"], "--for"],
    [["--for", "127.0.0.1", "--pause", "soon"], "--pause"],
    [["--for", "no-such-host.invalid"], "no address"],
  ])("%j is wrong usage", async (args, named) => {
    const { code, stdout, stderr } = await rdprobe(["clients", ...args]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(/^rdprobe: [^\n]+\n$/);
    expect(stderr).toContain(named);
  });
});
