/** One target as users type it: `host`, `host:port`, `192.0.2.7`, `[2001:db8::7]:3390`, `2001:db8::7`. */
import { isHostName } from "../grammar/host-name.ts";
import { splitHostPort } from "../grammar/host-port.ts";
import { ipv4Number, ipv6Number } from "../grammar/ip-number.ts";
import { type Parsed, parsed, rejected } from "./parsed.ts";
import { parsePort } from "../grammar/port.ts";

export interface Target {
  readonly input: string;
  /** A name, or an address without brackets. */
  readonly host: string;
  /** The family of a literal address; null for a name. */
  readonly family: 4 | 6 | null;
  /** Null where the target names none. */
  readonly port: number | null;
}

/** Reads one target. What looks like an address and is none is rejected, not looked up. */
export const parseTarget = (input: string): Parsed<Target> => {
  const { host, port: portText } = splitHostPort(input.trim());
  const port = portText === null ? null : parsePort(portText);
  if (port !== null && !port.ok) return rejected(`target ${JSON.stringify(input)}: ${port.problem}`);
  const family = familyOf(host);
  if (family === null && !isHostName(host)) {
    return rejected(
      `target ${JSON.stringify(input)}: ${JSON.stringify(host)} is neither a host name nor an address: write host, host:port, 192.0.2.7 or [2001:db8::7]:3389`,
    );
  }
  return parsed({ input, host, family, port: port?.value ?? null });
};

const familyOf = (host: string): 4 | 6 | null => {
  if (ipv4Number(host) !== null) return 4;
  return ipv6Number(host) === null ? null : 6;
};
