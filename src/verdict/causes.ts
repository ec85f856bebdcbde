/** Why a handshake fails, as far as it can be told from outside: code, remedies, and how sure it can get. */

import type { RemedyId } from "./remedies.ts";
import type { Cause } from "./result.ts";

const CAUSES = {
  "private-key-unreadable": {
    remedies: ["machine-keys-permissions", "rebuild-rdp-certificate", "clear-bound-thumbprint"],
  },
  "tls13-intolerant": { remedies: ["remove-forced-tls13"] },
  "middlebox-hello-size": { remedies: ["exempt-from-inspection"] },
  "server-name-refused": { remedies: ["check-front-device", "check-name"] },
  "middlebox-hello-content": { remedies: ["exempt-from-inspection"] },
  "path-mtu": { remedies: ["check-path-mtu"] },
  intermittent: { remedies: ["read-schannel-events", "exempt-from-inspection"] },
  "server-hangs": { remedies: ["restart-termservice", "check-front-device"] },
  "security-device": { remedies: ["exempt-from-inspection"] },
  "suites-do-not-fit-certificate": { remedies: ["enable-cipher-suites", "bind-new-certificate"] },
  "tls-version-policy": { remedies: ["enable-tls12", "read-schannel-events"] },
  "cipher-policy": { remedies: ["enable-cipher-suites", "read-schannel-events"] },
  "signature-policy": { remedies: ["bind-new-certificate"] },
  "anonymous-suites-only": { remedies: ["enable-cipher-suites"] },
  "null-suites-only": { remedies: ["enable-cipher-suites"] },
  "reset-by-server": {
    remedies: ["read-schannel-events", "machine-keys-permissions", "rebuild-rdp-certificate"],
  },
  "reset-by-client": { remedies: ["check-front-device"] },
  "reset-on-the-way": { remedies: ["exempt-from-inspection", "check-front-device"] },
} as const satisfies Readonly<Record<string, { readonly remedies: readonly RemedyId[] }>>;

export type CauseCode = keyof typeof CAUSES;

/** A cause with what it rests on. */
export const cause = (
  code: CauseCode,
  likelihood: Cause["likelihood"],
  why: string,
  evidence: Cause["evidence"],
): Cause => ({ code, likelihood, why, evidence, remedies: CAUSES[code].remedies });
