/** One target as users type it: `host`, `host:port`, `192.0.2.7`, `[2001:db8::7]:3390`, `2001:db8::7`. */
import ipaddr from "ipaddr.js";
import { type Parsed, parsed, rejected } from "./parsed.ts";
import { parsePort } from "./port.ts";

export interface Target {
  readonly input: string;
  /** A name, or an address without brackets. */
  readonly host: string;
  /** The family of a literal address; null for a name. */
  readonly family: 4 | 6 | null;
  /** Null where the target names none. */
  readonly port: number | null;
}

const MAX_NAME_LENGTH = 253;

/** Letters and digits of any script (the resolver turns them into Punycode), inner hyphens, underscores. */
const LABEL = /^(?!-)[\p{L}\p{N}\p{M}_-]{1,63}(?<!-)$/u;

/** Reads one target. What looks like an address and is none is rejected, not looked up. */
export const parseTarget = (input: string): Parsed<Target> => {
  const text = input.trim();
  const bracketed = /^\[([^\]]*)\](?::(.*))?$/.exec(text);
  if (bracketed !== null) return ofParts(input, bracketed[1] ?? "", bracketed[2] ?? null);
  const isUrl = text.includes("://");
  if (isUrl || (text.match(/:/g) ?? []).length > 1) return ofParts(input, text, null);
  const [host = "", port = null] = text.split(":");
  return ofParts(input, host, port);
};

const ofParts = (input: string, host: string, portText: string | null): Parsed<Target> => {
  const port = portText === null ? null : parsePort(portText);
  if (port !== null && !port.ok) return rejected(`target ${JSON.stringify(input)}: ${port.problem}`);
  const family = familyOf(host);
  if (family === null && !isName(host)) {
    return rejected(
      `target ${JSON.stringify(input)}: ${JSON.stringify(host)} is neither a host name nor an address: write host, host:port, 192.0.2.7 or [2001:db8::7]:3389`,
    );
  }
  return parsed({ input, host, family, port: port?.value ?? null });
};

const familyOf = (host: string): 4 | 6 | null => {
  if (ipaddr.IPv4.isValidFourPartDecimal(host)) return 4;
  return host.includes(":") && ipaddr.IPv6.isValid(host) ? 6 : null;
};

const isName = (host: string): boolean => {
  const labels = host.replace(/\.$/, "").split(".");
  const last = labels.at(-1) ?? "";
  return host.length <= MAX_NAME_LENGTH && labels.every((label) => LABEL.test(label)) && !/^\d+$/.test(last);
};
