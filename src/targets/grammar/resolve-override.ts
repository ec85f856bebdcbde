/** `--resolve host:address`: what a name stands for, instead of what the resolver gives. */
import ipaddr from "ipaddr.js";
import { type Parsed, parsed, rejected } from "../plan/parsed.ts";
import { parsePort } from "./port.ts";

export interface ResolveOverride {
  readonly host: string;
  /** Null for every port. */
  readonly port: number | null;
  readonly addresses: readonly { readonly address: string; readonly family: 4 | 6 }[];
}

const FORM =
  "write host:address or host:port:address, several addresses with commas, and an IPv6 address after a port in brackets";

/** Reads `rdp.example:192.0.2.7`, `rdp.example:3389:[2001:db8::7]`, `rdp.example:192.0.2.7,2001:db8::7`. */
export const parseResolveOverride = (text: string): Parsed<ResolveOverride> => {
  const [, host = "", rest = ""] = /^([^:]+):(.+)$/.exec(text.trim()) ?? [];
  const wrong = rejected(`${JSON.stringify(text)} is no name with its address: ${FORM}`);
  if (host === "" || ipaddr.isValid(host)) return wrong;
  const whole = addressesOf(rest);
  if (whole !== null) return parsed({ host, port: null, addresses: whole });
  const [, portText = "", behind = ""] = /^(\d+):(.+)$/.exec(rest) ?? [];
  const port = parsePort(portText);
  const addresses = addressesOf(behind);
  return port.ok && addresses !== null ? parsed({ host, port: port.value, addresses }) : wrong;
};

/**
 * The addresses that are given for a target, or null where none are: those of every override of its name and port
 * together, and those for every port only where none names its own.
 * @param family 4 or 6 for one kind alone, 0 for both.
 */
export const overriddenAddresses = (
  overrides: readonly ResolveOverride[],
  { host, port }: { readonly host: string; readonly port: number },
  family: 0 | 4 | 6,
): ResolveOverride["addresses"] | null => {
  const own = overrides.filter((one) => one.host.toLowerCase() === host.toLowerCase());
  const ofPort = own.filter((one) => one.port === port);
  const given = (ofPort.length > 0 ? ofPort : own.filter((one) => one.port === null))
    .flatMap(({ addresses }) => addresses)
    .filter((one) => family === 0 || one.family === family);
  const wanted = [...new Map(given.map((one) => [one.address, one])).values()];
  return wanted.length === 0 ? null : wanted;
};

const addressesOf = (text: string): ResolveOverride["addresses"] | null => {
  const addresses = text.split(",").flatMap((part) => addressOf(part.trim()) ?? []);
  return addresses.length === text.split(",").length ? addresses : null;
};

const addressOf = (text: string): ResolveOverride["addresses"][number] | null => {
  const address = text.replace(/^\[(.*)\]$/, "$1");
  if (ipaddr.IPv4.isValidFourPartDecimal(address)) return { address, family: 4 };
  return address.includes(":") && ipaddr.IPv6.isValid(address) ? { address, family: 6 } : null;
};
