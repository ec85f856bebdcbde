/**
 * Servers that no client can use although they answer: a handshake whose signature, parameters or messages are
 * wrong, and one that wants a certificate of the client.
 */
import type { ClientHello } from "../tls/wire/client-hello.ts";
import { EXTENSION } from "../tls/wire/extension.ts";
import { supportedGroups } from "../tls/wire/extension-lists.ts";
import { HANDSHAKE_TYPE, type HandshakeMessage } from "../tls/wire/handshake-message.ts";
import { decodeServerHello, encodeServerHello } from "../tls/wire/server-hello.ts";
import { TLS_VERSION } from "../tls/tables/versions.ts";
import { chooseTwo, chooseUndefined } from "./answers.ts";
import type { Says } from "./flight/flight-material.ts";
import type { HelloPolicy } from "./policies/hello-policy.ts";
import { answerHelloBy, type HelloDisturbance } from "./hello-steps.ts";
import type { IdentityId } from "./certificates/identities.ts";
import type { Scenario } from "./scenario.ts";
import {
  answer,
  close,
  hearAnything,
  readClientHello,
  readRequest,
  type Step,
  send,
  startTls,
  stayOpen,
  type TlsPolicy,
} from "./steps.ts";
import { nlaOptional, TLS_1_2, tlsOnly } from "./usual-steps.ts";
import { cannotGoOn, OLD_VERSIONS, SERVER_2022, WINDOWS } from "./policies/windows-policies.ts";
import { CHANGE_CIPHER_SPEC_AT_ONCE, CONFIRM_AND_ALERT, CONFIRM_AND_GARBAGE } from "./wire-texts.ts";

/** ECDHE and AES-GCM, as between any two of today. */
const UP_TO_12: HelloPolicy = {
  ...WINDOWS,
  versions: OLD_VERSIONS,
  cipherSuites: [0xc030, 0xc02f, 0xc02c, 0xc02b, 0xc014, 0xc00a],
};
const TLS_1_3_ALONE: HelloPolicy = { ...SERVER_2022, versions: [TLS_VERSION.tls13] };
const TLS_1_0_ALONE: HelloPolicy = { ...UP_TO_12, versions: [TLS_VERSION.tls10] };

const atTls = (
  id: string,
  title: string,
  verdict: string,
  identity: IdentityId | null,
  ...behaviour: readonly Step[]
): Scenario => ({ id, title, verdict, stage: "tls", identity, behaviour });

const mismatch = (id: string, title: string, policy: HelloPolicy, identity: IdentityId): Scenario =>
  atTls(id, title, "certificate-key-mismatch", identity, nlaOptional, answerHelloBy(policy), ...cannotGoOn);

const mismatches: readonly Scenario[] = [
  mismatch(
    "certificate-key-mismatch",
    "a ServerKeyExchange that is signed with the key of another certificate",
    UP_TO_12,
    "wrong-key",
  ),
  mismatch(
    "certificate-key-mismatch-ec",
    "a ServerKeyExchange that is signed with another key on the certificate's curve",
    UP_TO_12,
    "ec-wrong-key",
  ),
  mismatch(
    "certificate-key-mismatch-tls10",
    "TLS 1.0 and a ServerKeyExchange that is signed with another key",
    TLS_1_0_ALONE,
    "wrong-key",
  ),
  mismatch(
    "certificate-key-mismatch-tls13",
    "TLS 1.3 and a CertificateVerify that is signed with another key",
    TLS_1_3_ALONE,
    "wrong-key",
  ),
];

const malformed = (
  id: string,
  title: string,
  identity: IdentityId | null,
  policy: HelloPolicy = UP_TO_12,
  disturbance: HelloDisturbance = {},
): Scenario =>
  atTls(id, title, "malformed", identity, nlaOptional, answerHelloBy(policy, disturbance), ...cannotGoOn);

const unreadableCertificates: readonly Scenario[] = [
  malformed("certificate-list-empty", "a Certificate message without a certificate", "no-certificate"),
  malformed(
    "certificate-list-empty-tls13",
    "TLS 1.3 and a Certificate message without a certificate",
    "no-certificate",
    TLS_1_3_ALONE,
  ),
  malformed("certificate-bare-key", "a public key where the certificate belongs", "bare-public-key"),
  malformed("certificate-garbage", "three bytes where the certificate belongs", "garbage-certificate"),
  malformed(
    "certificate-garbage-tls13",
    "TLS 1.3 and three bytes where the certificate belongs",
    "garbage-certificate",
    TLS_1_3_ALONE,
  ),
  atTls(
    "certificate-over-100-kib",
    "a certificate of 110 KiB, over what OpenSSL and Windows take",
    "inconclusive",
    "oversized",
    tlsOnly,
    startTls(TLS_1_2),
    stayOpen,
  ),
];

/** RC4 with SHA-1; anonymous DHE with AES-256-GCM; TLS_NULL_WITH_NULL_NULL; a draft's hybrid group. */
const RC4_SHA = 0x0005;
const ANON = 0x00a7;
const NO_SUITE = 0x0000;
const UNOFFERED_GROUP = 0x6399;

/** Takes the hello as if it offered this suite alone. */
const hearsSuite =
  (suite: number) =>
  (hello: ClientHello): ClientHello => ({ ...hello, cipherSuites: [suite] });

/** Takes the hello as if it offered this group alone. */
const hearsGroup =
  (group: number) =>
  (hello: ClientHello): ClientHello => ({
    ...hello,
    extensions:
      hello.extensions?.map((one) =>
        one.type === EXTENSION.supportedGroups ? supportedGroups([group]) : one,
      ) ?? null,
  });

const ofType =
  (type: number, change: (message: HandshakeMessage) => readonly HandshakeMessage[]): Says =>
  (messages) =>
    messages.flatMap((message) => (message.type === type ? change(message) : [message]));

const saysSuite = (cipherSuite: number): Says =>
  ofType(HANDSHAKE_TYPE.serverHello, (message) => {
    const hello = decodeServerHello(message.body);
    if (hello.status !== "done") return [message];
    return [{ ...message, body: encodeServerHello({ ...hello.value, cipherSuite }) }];
  });

const flipsLastByte = ({ type, body }: HandshakeMessage): readonly HandshakeMessage[] => [
  { type, body: body.map((byte, index) => (index === body.length - 1 ? byte ^ 1 : byte)) },
];

/** `verify_data` of TLS 1.2 has 12 bytes (RFC 5246 7.4.9). */
const EARLY_FINISHED: HandshakeMessage = { type: HANDSHAKE_TYPE.finished, body: new Uint8Array(12) };

const wrongMessages: readonly Scenario[] = [
  malformed(
    "suite-not-offered",
    "selects RC4 with SHA-1, whatever was offered",
    "rsa-2048",
    { ...UP_TO_12, cipherSuites: [RC4_SHA] },
    { hears: hearsSuite(RC4_SHA) },
  ),
  malformed(
    "suite-anonymous-not-offered",
    "selects an anonymous suite, whatever was offered, and shows no certificate",
    null,
    { ...UP_TO_12, cipherSuites: [ANON] },
    { hears: hearsSuite(ANON) },
  ),
  malformed("suite-zero", "selects the suite 0x0000, which is none", "rsa-2048", UP_TO_12, {
    says: saysSuite(NO_SUITE),
  }),
  malformed(
    "retry-for-unoffered-group",
    "a HelloRetryRequest for a group that was not offered",
    "rsa-2048",
    { ...TLS_1_3_ALONE, groups: [UNOFFERED_GROUP] },
    { hears: hearsGroup(UNOFFERED_GROUP) },
  ),
  malformed("finished-for-certificate", "Finished where the Certificate belongs", "rsa-2048", UP_TO_12, {
    says: ofType(HANDSHAKE_TYPE.certificate, () => [EARLY_FINISHED]),
  }),
  malformed("key-exchange-missing", "an ECDHE suite without a ServerKeyExchange", "rsa-2048", UP_TO_12, {
    says: ofType(HANDSHAKE_TYPE.serverKeyExchange, () => []),
  }),
  malformed(
    "certificate-verify-missing-tls13",
    "TLS 1.3 without a CertificateVerify",
    "rsa-2048",
    TLS_1_3_ALONE,
    { says: ofType(HANDSHAKE_TYPE.certificateVerify, () => []) },
  ),
  malformed("finished-wrong-tls13", "TLS 1.3 and a Finished that is wrong", "rsa-2048", TLS_1_3_ALONE, {
    says: ofType(HANDSHAKE_TYPE.finished, flipsLastByte),
  }),
  atTls(
    "change-cipher-spec-at-once",
    "ChangeCipherSpec and an encrypted record in answer to the ClientHello",
    "malformed",
    null,
    nlaOptional,
    readClientHello,
    send(CHANGE_CIPHER_SPEC_AT_ONCE),
    ...cannotGoOn,
  ),
];

const beforeTheHello: readonly Scenario[] = [
  atTls(
    "alert-after-confirm",
    "a fatal alert right after the Connection Confirm, before the client begins TLS",
    "tls-alert",
    null,
    readRequest,
    send(CONFIRM_AND_ALERT),
    close,
  ),
  atTls(
    "bytes-after-confirm",
    "bytes of no protocol right after the Connection Confirm, in one segment",
    "malformed",
    null,
    readRequest,
    send(CONFIRM_AND_GARBAGE),
    stayOpen,
  ),
  {
    id: "selects-two-layers",
    title: "selects TLS and CredSSP at once",
    verdict: "malformed",
    stage: "negotiation",
    identity: null,
    behaviour: [answer(chooseTwo), hearAnything, close],
  },
  {
    id: "selects-undefined-layer",
    title: "selects a layer that no document defines",
    verdict: "malformed",
    stage: "negotiation",
    identity: null,
    behaviour: [answer(chooseUndefined), hearAnything, close],
  },
];

const clientCertificate = (id: string, title: string, version: TlsPolicy): Scenario =>
  atTls(
    id,
    title,
    "client-certificate-required",
    "rsa-2048",
    nlaOptional,
    startTls({ ...version, demandsClientCertificate: true }),
    stayOpen,
  );

const clientCertificates: readonly Scenario[] = [
  clientCertificate(
    "client-certificate-tls12",
    "TLS 1.2 asks for a client certificate, alert 40 to a client without one",
    TLS_1_2,
  ),
  clientCertificate(
    "client-certificate-tls13",
    "TLS 1.3 asks for a client certificate, alert 116 after the Finished of a client without one",
    { minVersion: "TLSv1.3", maxVersion: "TLSv1.3" },
  ),
];

export const FAULTY_HANDSHAKES: readonly Scenario[] = [
  ...mismatches,
  ...unreadableCertificates,
  ...wrongMessages,
  ...beforeTheHello,
  ...clientCertificates,
];
