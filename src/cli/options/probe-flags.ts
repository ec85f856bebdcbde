/** The options of the default command as commander gives them. */
import type { Depth } from "../../handshake/plan/probe-plan.ts";
import type { FailOn } from "../screen/exit-code.ts";
import type { ExpiryFlags } from "./expiry-flags.ts";
import type { OnlyFlags } from "./only-flags.ts";
import type { OutputFlags } from "../outputs/outputs.ts";
import type { RepeatFlags } from "./repeat-flags.ts";
import type { WayFlags } from "./way-flags.ts";

export interface ProbeFlags extends OnlyFlags, OutputFlags, ExpiryFlags, RepeatFlags, WayFlags {
  readonly port: string;
  readonly ipv4?: true;
  readonly ipv6?: true;
  readonly depth: Depth;
  readonly ask?: readonly string[];
  readonly client: string;
  readonly timeout: string;
  readonly deadline?: string;
  readonly pause: string;
  readonly cookie?: string;
  readonly routingToken?: string;
  readonly concurrency: string;
  readonly rate?: string;
  readonly retries: string;
  readonly exclude?: readonly string[];
  readonly excludeFile?: readonly string[];
  readonly skipBad?: true;
  readonly seed?: string;
  readonly inOrder?: true;
  readonly shard?: string;
  readonly yes?: true;
  readonly dryRun?: true;
  readonly open?: true;
  readonly pcap?: string;
  readonly failOn?: FailOn;
}
