import { describe, expect, it } from "vitest";
import { EXTENSION } from "../../../src/tls/wire/extension.ts";
import { HANDSHAKE_TYPE } from "../../../src/tls/wire/handshake-message.ts";
import { changed, NOTHING, requestBody, without } from "./changes.ts";
import { EC_P256, EC_P384, ED25519, RSA } from "./identities.ts";
import { converse, faultOf, flipped } from "./scripted-conversation.ts";
import { type Script13, scriptedServer13 } from "./scripted-server-13.ts";
import { wrongEcdsaSignatures, wrongRsaSignatures } from "./wrong-signatures.ts";

type Row = readonly [what: string, script: Script13, kind: string, field: string];

const MESSAGES: readonly Row[] = [
  [
    "an extension that was not asked for",
    { encryptedExtensions: [{ type: EXTENSION.alpn, data: NOTHING }] },
    "not-offered",
    "encrypted_extensions.extensions.application_layer_protocol_negotiation",
  ],
  [
    "an unknown extension that was not asked for",
    { encryptedExtensions: [{ type: 0x5555, data: NOTHING }] },
    "not-offered",
    "encrypted_extensions.extensions.21845",
  ],
  [
    "supported_groups twice",
    {
      encryptedExtensions: [
        { type: EXTENSION.supportedGroups, data: NOTHING },
        { type: EXTENSION.supportedGroups, data: NOTHING },
      ],
    },
    "decode",
    "encrypted_extensions.extensions.supported_groups",
  ],
  [
    "key_share in EncryptedExtensions",
    { encryptedExtensions: [{ type: EXTENSION.keyShare, data: NOTHING }] },
    "decode",
    "encrypted_extensions.extensions.key_share",
  ],
  [
    "no EncryptedExtensions",
    { messages: without(HANDSHAKE_TYPE.encryptedExtensions) },
    "order",
    "handshake.msg_type",
  ],
  ["no Certificate", { messages: without(HANDSHAKE_TYPE.certificate) }, "order", "handshake.msg_type"],
  [
    "no CertificateVerify",
    { messages: without(HANDSHAKE_TYPE.certificateVerify) },
    "order",
    "handshake.msg_type",
  ],
  ["an empty chain", { chain: [] }, "certificate", "certificate.certificate_list"],
  [
    "a certificate that is cut",
    { chain: [RSA.chain[0]?.subarray(0, -1) ?? NOTHING] },
    "certificate",
    "certificate.certificate_list",
  ],
  [
    "a second certificate that is none",
    { chain: [...RSA.chain, Uint8Array.of(0x30, 0)] },
    "certificate",
    "certificate.certificate_list",
  ],
  [
    "a certificate's extension that was not asked for",
    { certificateExtensions: [{ type: 18, data: NOTHING }] },
    "not-offered",
    "certificate.extensions.signed_certificate_timestamp",
  ],
  [
    "a certificate that is cut in its message",
    { messages: changed(HANDSHAKE_TYPE.certificate, (body) => body.subarray(0, -1)) },
    "decode",
    "certificate.certificate_list",
  ],
  [
    "a request with a context",
    { request: requestBody([1], [0x0804]) },
    "decode",
    "certificate_request.certificate_request_context",
  ],
  [
    "a request without signature_algorithms",
    { request: requestBody([], null) },
    "decode",
    "certificate_request.extensions.signature_algorithms",
  ],
  [
    "a request with an unknown extension twice",
    { request: requestBody([], [0x0804], [0x5555, 0x5555]) },
    "decode",
    "certificate_request.extensions.21845",
  ],
  [
    "bytes after EncryptedExtensions' list",
    { messages: changed(HANDSHAKE_TYPE.encryptedExtensions, (body) => Uint8Array.of(...body, 0)) },
    "decode",
    "encrypted_extensions",
  ],
];

const SIGNATURES: readonly Row[] = [
  [
    "the client's context",
    { context: "TLS 1.3, client CertificateVerify" },
    "signature",
    "certificate_verify.signature",
  ],
  ["no context", { context: "" }, "signature", "certificate_verify.signature"],
  ["a scheme that was not offered", { identity: ED25519 }, "not-offered", "certificate_verify.algorithm"],
  [
    "a scheme of another kind of key",
    { identity: EC_P256, scheme: 0x0804, signs: () => new Uint8Array(256) },
    "signature",
    "certificate_verify.algorithm",
  ],
  [
    "a scheme of another curve",
    { identity: EC_P384, scheme: 0x0403 },
    "signature",
    "certificate_verify.algorithm",
  ],
  ["RSA with PKCS #1", { scheme: 0x0401 }, "signature", "certificate_verify.algorithm"],
  [
    "RSA-PSS for a key that has its own OID",
    { scheme: 0x0809, signs: (content) => RSA.sign(0x0804, content) },
    "signature",
    "certificate_verify.algorithm",
  ],
  ["SHA-1", { scheme: 0x0201 }, "signature", "certificate_verify.algorithm"],
  ["ECDSA with SHA-1", { identity: EC_P256, scheme: 0x0203 }, "signature", "certificate_verify.algorithm"],
  [
    "another hash than the scheme says",
    { scheme: 0x0805, signs: (content) => RSA.sign(0x0804, content) },
    "signature",
    "certificate_verify.signature",
  ],
  [
    "a signature of the content without its transcript",
    { signs: () => RSA.sign(0x0804, NOTHING) },
    "signature",
    "certificate_verify.signature",
  ],
  [
    "the signature of another key",
    { identity: { ...EC_P256, sign: ED25519.sign }, signs: (content) => EC_P384.sign(0x0503, content) },
    "signature",
    "certificate_verify.signature",
  ],
  ...wrongRsaSignatures("pss").map(
    ([what, signs]): Row => [what, { signs }, "signature", "certificate_verify.signature"],
  ),
  ...wrongEcdsaSignatures(EC_P256).map(
    ([what, signs]): Row => [what, { identity: EC_P256, signs }, "signature", "certificate_verify.signature"],
  ),
];

const FINISHED: readonly Row[] = [
  ["another Finished", { finished: (body) => flipped(body, 0) }, "finished", "finished.verify_data"],
  [
    "a Finished of zeros",
    { finished: (body) => new Uint8Array(body.length) },
    "finished",
    "finished.verify_data",
  ],
  [
    "a Finished that is a byte short",
    { finished: (body) => body.subarray(1) },
    "decode",
    "finished.verify_data",
  ],
  [
    "a Finished that is a byte long",
    { finished: (body) => Uint8Array.of(...body, 0) },
    "decode",
    "finished.verify_data",
  ],
  ["an empty Finished", { finished: () => NOTHING }, "decode", "finished.verify_data"],
  [
    "the Finished of TLS 1.2's size",
    { finished: (body) => body.subarray(0, 12) },
    "decode",
    "finished.verify_data",
  ],
];

describe.each([
  ["its messages", MESSAGES],
  ["its signature", SIGNATURES],
  ["its Finished", FINISHED],
])("a server of TLS 1.3 that does wrong in %s", (_, rows) => {
  it.each(rows)("%s", (_what, script, kind, field) => {
    const conversation = converse(scriptedServer13(script));
    expect(faultOf(conversation)).toMatchObject({ kind, field, message: field.split(".")[0] });
  });
});
