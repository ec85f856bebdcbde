/** What a scenario of the lab is: a name, the verdict that it deserves, and how its server behaves. */
import type { IdentityId } from "./certificates/identities.ts";
import type { Step } from "./steps.ts";

export interface Scenario {
  readonly id: string;
  /** One line for people. */
  readonly title: string;
  /** The verdict's code and stage on a probe with the default options. */
  readonly verdict: string;
  readonly stage: "tcp" | "negotiation" | "tls" | "certificate" | "credssp" | "done";
  /** What the server shows in TLS; null where it never comes so far. */
  readonly identity: IdentityId | null;
  /** What the other machines behind the port show, one after the other, each handshake another; none if absent. */
  readonly farm?: readonly IdentityId[];
  /** What the server does on each connection, step by step; null: nothing listens. */
  readonly behaviour: readonly Step[] | null;
}
