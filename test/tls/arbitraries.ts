/** Random values of the TLS structures, unknown numbers included. */
import fc from "fast-check";
import type { ClientHello } from "../../src/tls/wire/client-hello.ts";
import type { Extension } from "../../src/tls/wire/extension.ts";
import type { ServerHello } from "../../src/tls/wire/server-hello.ts";

export const anyBytes = (maxLength: number, minLength = 0): fc.Arbitrary<Uint8Array> =>
  fc.uint8Array({ minLength, maxLength });

export const anyCode: fc.Arbitrary<number> = fc.nat({ max: 0xffff });

export const anyByte: fc.Arbitrary<number> = fc.nat({ max: 0xff });

export const anyExtension: fc.Arbitrary<Extension> = fc.record({ type: anyCode, data: anyBytes(40) });

const anyExtensions: fc.Arbitrary<readonly Extension[] | null> = fc.option(
  fc.array(anyExtension, { maxLength: 6 }),
);

export const anyClientHello: fc.Arbitrary<ClientHello> = fc.record({
  version: anyCode,
  random: anyBytes(32, 32),
  sessionId: anyBytes(32),
  cipherSuites: fc.array(anyCode, { maxLength: 40 }),
  compressionMethods: fc.array(anyByte, { maxLength: 3 }),
  extensions: anyExtensions,
});

export const anyServerHello: fc.Arbitrary<ServerHello> = fc.record({
  version: anyCode,
  random: anyBytes(32, 32),
  sessionId: anyBytes(32),
  cipherSuite: anyCode,
  compressionMethod: anyByte,
  extensions: anyExtensions,
});
