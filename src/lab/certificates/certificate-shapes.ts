/** Certificates that TLS takes and that still deserve a word, or a verdict. */
import type { IdentityId } from "./identities.ts";
import type { Scenario } from "../scenario.ts";
import { type Step, startTls, startTlsInTurn, stayOpen } from "../steps.ts";
import { TLS_1_2, tlsOnly, WEAK } from "../usual-steps.ts";

const RSA_EXCHANGE = "AES256-GCM-SHA384:AES128-GCM-SHA256:AES256-SHA256:AES128-SHA256";

const shown = (
  id: string,
  title: string,
  identity: IdentityId,
  secure: Step = startTls(),
  verdict: Pick<Scenario, "verdict" | "stage"> = { verdict: "ok", stage: "done" },
): Scenario => ({ id, title, ...verdict, identity, behaviour: [tlsOnly, secure, stayOpen] });

export const CERTIFICATE_SHAPES: readonly Scenario[] = [
  shown("certificate-expires-soon", "a certificate with ten days left", "expires-soon"),
  shown(
    "certificate-windows-overdue",
    "Windows' own certificate, expired three days ago: its renewal fails",
    "windows-overdue",
    startTls(),
    { verdict: "certificate-expired", stage: "certificate" },
  ),
  shown(
    "certificate-issued-expired",
    "a certificate of an authority that expired and was not bound anew",
    "chain-expired",
    startTls(),
    { verdict: "certificate-expired", stage: "certificate" },
  ),
  shown("certificate-md5", "a certificate that is signed with MD5", "md5", startTls({ ...WEAK, ...TLS_1_2 })),
  shown(
    "certificate-rsa512",
    "a certificate with an RSA key of 512 bits, half of what mstsc takes",
    "rsa-512",
    startTls({ ...WEAK, ...TLS_1_2 }),
  ),
  shown("certificate-client-eku", "a certificate that is meant for clients, not for servers", "client-eku"),
  shown(
    "certificate-no-encipherment",
    "RSA key exchange alone, and a certificate whose key usage excludes it",
    "no-encipherment",
    startTls({ ...TLS_1_2, ciphers: RSA_EXCHANGE }),
  ),
  shown(
    "chain-out-of-order",
    "a certificate, then the root, then the issuing authority",
    "chain-out-of-order",
  ),
  shown("chain-incomplete", "a certificate without that of its issuing authority", "chain-incomplete"),
  shown("chain-huge", "a certificate with a chain of 40 KiB, over what Windows clients take", "chain-huge"),
  {
    ...shown(
      "farm",
      "two machines behind one port, each with a certificate of its own, one handshake each in turn",
      "rsa-2048",
      startTlsInTurn(),
    ),
    farm: ["farm-member"],
  },
];
