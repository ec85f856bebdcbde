/**
 * The shapes in which TLS fails behind a Connection Confirm that selects it, or works and still deserves a
 * word: for the verdicts that take more than one ClientHello to reach.
 */

import { offeredVersions } from "../tls/wire/client-hello.ts";
import { TLS_VERSION } from "../tls/tables/versions.ts";
import { CERTIFICATE_SHAPES } from "./certificates/certificate-shapes.ts";
import { challenge } from "./credssp-steps.ts";
import type { HelloPolicy, Refusal } from "./policies/hello-policy.ts";
import {
  answerHelloBy,
  type Path,
  passHello,
  refuseEveryOtherHello,
  refuseUnsplitHello,
  serveHelloBy,
} from "./hello-steps.ts";
import type { IdentityId } from "./certificates/identities.ts";
import type { Scenario } from "./scenario.ts";
import { readClientHello, reset, type Step, startTls, stayOpen } from "./steps.ts";
import { BEFORE_TLS_1_3, nlaOptional, TLS_1_2, tlsOnly, WEAK } from "./usual-steps.ts";
import { cannotGoOn, OLD_VERSIONS, SERVER_2022, WINDOWS } from "./policies/windows-policies.ts";

/** Between the hellos of today's clients (from 247 bytes on) and a small one. */
export const BIG_HELLO_LIMIT_BYTES = 200;
/** Less than any flight with an RSA certificate has, more than an alert or a HelloRetryRequest. */
export const FLIGHT_LIMIT_BYTES = 600;
/** How much of a longer flight comes through where its beginning does. */
export const FLIGHT_CUT_BYTES = 500;

const HANDSHAKE_FAILURE = 40;
const RESET: Refusal = { kind: "reset" };
const SILENCE: Refusal = { kind: "silence" };
const ALERT: Refusal = { kind: "alert", description: HANDSHAKE_FAILURE };

/** The server behind a device that lets only some hellos through: TLS 1.2 at best, NLA if wished. */
const worksAsUsual: readonly Step[] = [startTls(BEFORE_TLS_1_3), challenge(), stayOpen];

const isSmall = ({ sizeBytes }: { readonly sizeBytes: number }): boolean =>
  sizeBytes <= BIG_HELLO_LIMIT_BYTES;

const disturbances: readonly Scenario[] = [
  {
    id: "key-unreadable",
    title: "selects CredSSP, then RST to every ClientHello: a private key that cannot be read",
    verdict: "reset",
    stage: "tls",
    identity: null,
    behaviour: [nlaOptional, readClientHello, reset],
  },
  {
    id: "tls13-intolerant",
    title: "RST to a ClientHello that offers TLS 1.3, which is forced on and cannot work; TLS 1.2 works",
    verdict: "reset",
    stage: "tls",
    identity: "rsa-2048",
    behaviour: [
      nlaOptional,
      passHello(({ hello }) => !offeredVersions(hello).includes(TLS_VERSION.tls13), RESET),
      ...worksAsUsual,
    ],
  },
  {
    id: "big-hello-dropped",
    title: `a device drops a ClientHello of more than ${BIG_HELLO_LIMIT_BYTES} bytes; a smaller one works`,
    verdict: "timeout",
    stage: "tls",
    identity: "rsa-2048",
    behaviour: [nlaOptional, passHello(isSmall, SILENCE), ...worksAsUsual],
  },
  {
    id: "big-hello-reset",
    title: `a device resets at a ClientHello of more than ${BIG_HELLO_LIMIT_BYTES} bytes; a smaller one works`,
    verdict: "reset",
    stage: "tls",
    identity: "rsa-2048",
    behaviour: [nlaOptional, passHello(isSmall, RESET), ...worksAsUsual],
  },
  {
    id: "content-filter",
    title: "a device resets at a ClientHello in one segment; in two segments it works",
    verdict: "reset",
    stage: "tls",
    identity: "rsa-2048",
    behaviour: [nlaOptional, refuseUnsplitHello(RESET), ...worksAsUsual],
  },
  {
    id: "first-hello-reset",
    title: "RST to the first ClientHello, an answer to the second, RST to the third, and so on",
    verdict: "reset",
    stage: "tls",
    identity: "rsa-2048",
    behaviour: [nlaOptional, refuseEveryOtherHello(RESET), ...worksAsUsual],
  },
];

const oldVersions: readonly Scenario[] = [
  {
    id: "tls10-hello-only",
    title: "TLS 1.0 and nothing newer, RST to a ClientHello without it",
    verdict: "ok",
    stage: "done",
    identity: "rsa-2048",
    behaviour: [
      tlsOnly,
      passHello(({ hello }) => offeredVersions(hello).includes(TLS_VERSION.tls10), RESET),
      startTls({ ...WEAK, minVersion: "TLSv1", maxVersion: "TLSv1" }),
      stayOpen,
    ],
  },
  {
    id: "tls12-refused-alert",
    title: "TLS 1.1 and 1.0, alert 70 to a ClientHello without them",
    verdict: "ok",
    stage: "done",
    identity: "rsa-2048",
    behaviour: [tlsOnly, startTls({ ...WEAK, minVersion: "TLSv1", maxVersion: "TLSv1.1" }), stayOpen],
  },
];

const answering = (
  row: Pick<Scenario, "id" | "title" | "verdict">,
  policy: Pick<HelloPolicy, "cipherSuites"> & Partial<HelloPolicy>,
  identity: IdentityId | null = "rsa-2048",
): Scenario => ({
  ...row,
  stage: "tls",
  identity,
  behaviour: [nlaOptional, answerHelloBy({ ...WINDOWS, versions: OLD_VERSIONS, ...policy }), ...cannotGoOn],
});

/** The same of a server that goes on to the end: for suites that a TLS library still has. */
const serving = (
  row: Pick<Scenario, "id" | "title">,
  policy: Pick<HelloPolicy, "cipherSuites">,
  identity: IdentityId | null,
): Scenario => ({
  ...row,
  verdict: "no-shared-cipher",
  stage: "tls",
  identity,
  behaviour: [nlaOptional, serveHelloBy({ ...WINDOWS, versions: OLD_VERSIONS, ...policy }), stayOpen],
});

const noSharedCipher = (id: string, title: string, ...rest: Rest): Scenario =>
  answering({ id, title, verdict: "no-shared-cipher" }, ...rest);

type Rest = Parameters<typeof answering> extends [unknown, ...infer Others] ? Others : never;

/** RSA with AES, 3DES and RC4: all that servers of the time had. */
const SSL3_SUITES = [0x0035, 0x002f, 0x000a, 0x0005, 0x0004] as const;

const withoutSharedParameters: readonly Scenario[] = [
  answering(
    {
      id: "ssl3-only",
      title: "SSL 3 and nothing newer, RST to a ClientHello whose list of versions lacks it",
      verdict: "no-shared-tls-version",
    },
    { versions: [TLS_VERSION.ssl3], cipherSuites: SSL3_SUITES, readsSupportedVersions: true },
  ),
  answering(
    {
      id: "ssl3-to-everybody",
      title: "SSL 3 in answer to every ClientHello, as of servers that know no list of versions",
      verdict: "no-shared-tls-version",
    },
    { versions: [TLS_VERSION.ssl3], cipherSuites: SSL3_SUITES },
  ),
  noSharedCipher("3des-only", "3DES and no other cipher, RST where it is not offered", {
    cipherSuites: [0x000a],
  }),
  noSharedCipher("3des-only-alert", "3DES and no other cipher, alert 40 where it is not offered", {
    cipherSuites: [0x000a],
    refusal: ALERT,
  }),
  noSharedCipher("rc4-only", "RC4 and no other cipher, RST where it is not offered", {
    cipherSuites: [0x0005, 0x0004],
  }),
  noSharedCipher("export-only", "export suites of 40 bits, RST where they are not offered", {
    cipherSuites: [0x0003, 0x0008],
  }),
  serving(
    { id: "null-only", title: "a suite without encryption, RST where it is not offered" },
    { cipherSuites: [0x003b] },
    "rsa-2048",
  ),
  serving(
    {
      id: "anon-only",
      title: "anonymous suites, without a certificate, RST where they are not offered",
    },
    { cipherSuites: [0x00a7, 0x006d, 0x0034] },
    null,
  ),
  {
    id: "ecdsa-suites-with-rsa-certificate",
    title: "suites for an ECDSA certificate alone, and an RSA certificate: alert 40 to everybody",
    verdict: "no-shared-cipher",
    stage: "tls",
    identity: "rsa-2048",
    behaviour: [
      nlaOptional,
      startTls({
        ...TLS_1_2,
        ciphers: "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-SHA384",
      }),
      stayOpen,
    ],
  },
  {
    id: "ed25519-certificate",
    title: "an Ed25519 certificate, whose signatures no Windows client takes",
    verdict: "no-shared-cipher",
    stage: "tls",
    identity: "ed25519",
    behaviour: [nlaOptional, startTls(), stayOpen],
  },
];

const NOTHING = new Uint8Array(0);
const losesLong: Path = (flight) => (flight.length > FLIGHT_LIMIT_BYTES ? NOTHING : flight);
const cutsLong: Path = (flight) =>
  flight.length > FLIGHT_LIMIT_BYTES ? flight.subarray(0, FLIGHT_CUT_BYTES) : flight;

const lostFlights: readonly Scenario[] = [
  {
    id: "flight-lost",
    title: `the server's flight never arrives when it is over ${FLIGHT_LIMIT_BYTES} bytes; an alert does`,
    verdict: "timeout",
    stage: "tls",
    identity: "rsa-2048",
    behaviour: [nlaOptional, answerHelloBy(SERVER_2022, { path: losesLong }), stayOpen],
  },
  {
    id: "flight-cut",
    title: `${FLIGHT_CUT_BYTES} bytes of the server's flight when it is over ${FLIGHT_LIMIT_BYTES}, then silence`,
    verdict: "timeout",
    stage: "tls",
    identity: "rsa-2048",
    // Not TLS 1.3: a client would find its records false before it misses the rest.
    behaviour: [
      nlaOptional,
      answerHelloBy({ ...SERVER_2022, versions: OLD_VERSIONS }, { path: cutsLong }),
      stayOpen,
    ],
  },
];

export const TLS_SHAPES: readonly Scenario[] = [
  ...disturbances,
  ...oldVersions,
  ...withoutSharedParameters,
  ...lostFlights,
  ...CERTIFICATE_SHAPES,
];
