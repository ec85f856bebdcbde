/** Windows servers as they answer a ClientHello, for flights that are written by hand. */
import { NAMED_GROUP } from "../../tls/tables/named-groups.ts";
import { TLS_VERSION } from "../../tls/tables/versions.ts";
import type { HelloPolicy } from "./hello-policy.ts";
import { close, hearAnything, type Step } from "../steps.ts";

/** The answers of a Windows server, down to what its registry can be set to. */
export const WINDOWS: Omit<HelloPolicy, "versions" | "cipherSuites"> = {
  groups: [NAMED_GROUP.x25519, NAMED_GROUP.secp256r1, NAMED_GROUP.secp384r1],
  preference: "server",
  dhBits: 2048,
  readsSupportedVersions: false,
  refusal: { kind: "reset" },
};

export const OLD_VERSIONS = [TLS_VERSION.tls10, TLS_VERSION.tls11, TLS_VERSION.tls12] as const;

/** Windows Server 2022, which has TLS 1.3; a small answer, as an alert is one, always arrives. */
export const SERVER_2022: HelloPolicy = {
  ...WINDOWS,
  versions: [TLS_VERSION.tls12, TLS_VERSION.tls13],
  cipherSuites: [
    0x1302, 0x1301, 0xc030, 0xc02f, 0x009f, 0x009e, 0xc028, 0xc027, 0xc014, 0xc013, 0x009d, 0x009c,
  ],
  readsSupportedVersions: true,
  refusal: { kind: "alert", description: 40 },
};

/** Nothing that the client says after a flight written by hand is decrypted: the server gives up. */
export const cannotGoOn: readonly Step[] = [hearAnything, close];
