import { hash } from "bcryptjs";
import { describe, expect, it } from "vitest";
import { basicAuth } from "../../../src/exporter/basic-auth.ts";
import { ConfigError } from "../../../src/exporter/config-document.ts";
import { parseWebConfig } from "../../../src/exporter/web-config.ts";
import { runExporter } from "./running-exporter.ts";

/** Of `test`, by libxcrypt: python3 -c "import crypt; print(crypt.crypt('test', '$2y$10$abcdefghijklmnopqrstuu'))" */
const HASH = "$2y$10$abcdefghijklmnopqrstuuNYVhuCzN8W/N3q6oBTpBoHaLLh6DgBG";

const basic = (user: string, password: string): string =>
  `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;

describe("a web configuration in the exporter-toolkit's format", () => {
  it("names users and TLS files", () => {
    const config = parseWebConfig(`
tls_server_config:
  cert_file: server.crt
  key_file: server.key
  min_version: TLS13
basic_auth_users:
  alice: ${HASH}
`);
    expect(config.tls).toEqual({
      certFile: "server.crt",
      keyFile: "server.key",
      clientCaFile: null,
      minVersion: "TLSv1.3",
    });
    expect([...(config.users ?? [])]).toEqual([["alice", HASH]]);
  });

  it("may be empty: plain HTTP for everybody", () => {
    expect(parseWebConfig("")).toEqual({ tls: null, users: null });
  });

  it.each([
    [
      "basic_auth_users: {alice: secret}",
      /^basic_auth_users\.alice: this is no bcrypt hash .*: write what htpasswd/,
    ],
    [`basic_auth_users: {alice: ${HASH.replace("$10$", "$20$")}}`, /no bcrypt hash of a cost up to 15/],
    ["basic_auth_users: {}", /^basic_auth_users: name at least one user/],
    ["tls_server_config: {cert_file: a}", /^tls_server_config\.key_file: it is missing$/],
    [
      "tls_server_config: {cert_file: a, key_file: b, min_version: TLS10}",
      /min_version: "TLS10" is not one of/,
    ],
    [
      "tls_server_config: {cert_file: a, key_file: b, client_auth_type: RequireAndVerifyClientCert}",
      /client_ca_file: it goes with client_auth_type/,
    ],
    ["http_server_config: {http2: true}", /^http_server_config: there is no such field/],
    ["basic_auth_users: &a {x: *a}", /^basic_auth_users\.x: the alias is part of its own value/],
    [
      "tls_server_config: &a {cert_file: *a}",
      /^tls_server_config\.cert_file: the alias is part of its own value/,
    ],
    ["basic_auth_users: !!omap [alice: secret]", /^cannot be read as it is meant: Unresolved tag: /],
  ])("%s says what is wrong, and where", (text, expected) => {
    expect(() => parseWebConfig(text)).toThrow(ConfigError);
    expect(() => parseWebConfig(text)).toThrow(expected);
  });

  it("shows no password or hash in what it says", () => {
    expect(() => parseWebConfig("basic_auth_users: {alice: hunter2}")).toThrow(/^(?!.*hunter2)/);
  });
});

describe("basic authentication", () => {
  it.each([
    ["the right password", basic("alice", "right:word"), "accepted"],
    ["a wrong one", basic("alice", "wrong"), "refused"],
    ["an empty one", basic("alice", ""), "refused"],
    ["an unknown user", basic("mallory", "right:word"), "refused"],
    ["no header", undefined, "refused"],
    ["another scheme", "Bearer abc", "refused"],
    ["no colon", `Basic ${Buffer.from("alice").toString("base64")}`, "refused"],
    ["more than bcrypt takes", basic("alice", "x".repeat(73)), "refused"],
    ["no base64", "Basic ***", "refused"],
  ])("%s: %#", async (_what, header, expected) => {
    const authenticate = basicAuth(new Map([["alice", await hash("right:word", 4)]]));
    expect(await authenticate(header)).toBe(expected);
    expect(await authenticate(header)).toBe(expected);
  });

  it("takes a hash that another implementation made", async () => {
    const authenticate = basicAuth(new Map([["alice", HASH]]));
    expect(await authenticate(basic("alice", "test"))).toBe("accepted");
  });

  it("checks so many passwords at a time, and answers the others at once", async () => {
    const authenticate = basicAuth(new Map([["alice", await hash("right", 4)]]));
    const outcomes = await Promise.all(
      Array.from({ length: 100 }, (_, guess) => authenticate(basic("alice", `guess ${guess}`))),
    );
    expect(outcomes.filter((outcome) => outcome === "busy").length).toBe(68);
    expect(outcomes).not.toContain("accepted");
    expect(await authenticate(basic("alice", "right"))).toBe("accepted");
  });

  it("stands before every path", async () => {
    await using exporter = await runExporter({ users: new Map([["alice", await hash("right", 4)]]) });
    for (const path of ["/", "/metrics", "/-/healthy", "/probe?target=127.0.0.1:1", "/nope"]) {
      const { status, headers } = await fetch(exporter.url + path);
      expect({ path, status }).toEqual({ path, status: 401 });
      expect(headers.get("www-authenticate")).toMatch(/^Basic realm="rdprobe"/);
    }
    const { status } = await fetch(`${exporter.url}/metrics`, {
      headers: { Authorization: basic("alice", "right") },
    });
    expect(status).toBe(200);
  });
});
