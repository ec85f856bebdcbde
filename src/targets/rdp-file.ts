/**
 * A connection of mstsc as its .rdp file or an `rdp://` link has it: `name:type:value`, a line a setting (Microsoft,
 * "Supported RDP properties"). Only what decides how the connection is made is read. The file comes from anywhere:
 * what cannot be is a note, and what is not known is passed over.
 */
import { type Parsed, parsed, rejected } from "./parsed.ts";
import { parsePort } from "./port.ts";
import { quoted } from "./quoted.ts";
import { parseTarget } from "./target.ts";

export interface RdpFile {
  /** As a target is typed: `server01`, `server01:3390`, `[2001:db8::7]:3390`. */
  readonly target: string;
  /** `loadbalanceinfo`, without its line end. */
  readonly routingToken: string | null;
  /** `gatewayhostname`, where the file's usage of it lets mstsc go there. */
  readonly gateway: string | null;
  readonly isSigned: boolean;
  /** What in the file itself can make it fail, or is not probed as mstsc would; in words for people. */
  readonly notes: readonly string[];
}

/** How many settings are read; mstsc writes about fifty. */
const MAX_SETTINGS = 10_000;

/** Reads the lines of a file. */
export const parseRdpFile = (lines: Iterable<string>): Parsed<RdpFile> => {
  const settings = new Map<string, string>();
  const notes: string[] = [];
  let read = 0;
  for (const line of lines) {
    read += 1;
    if (read > MAX_SETTINGS) return rejected(`more than ${MAX_SETTINGS} lines: this is no .rdp file`);
    const setting = /^\uFEFF?\s*([^:]+?)\s*:\s*([a-z])\s*:(.*)$/i.exec(line);
    if (setting === null) continue;
    const [, name = "", type = "", text = ""] = setting;
    const key = name.toLowerCase();
    const kind = KINDS[key];
    if (kind === undefined) continue;
    const value = text.trim();
    if (type.toLowerCase() !== kind) {
      notes.push(`${key}: its type is ${quoted(type)}, and ${kind} is expected`);
      continue;
    }
    if (kind === "i" && !/^-?\d{1,10}$/.test(value)) {
      notes.push(`${key}: ${quoted(value)} is no whole number`);
      continue;
    }
    const earlier = settings.get(key);
    if (earlier !== undefined && earlier !== value)
      notes.push(`${key}: it is there twice, with different values`);
    settings.set(key, value);
  }
  return connectionOf(settings, notes);
};

/**
 * Reads `rdp://full%20address=s:server01:3389&audiomode=i:2` (Microsoft, "Remote Desktop clients URI scheme").
 */
export const parseRdpLink = (link: string): Parsed<RdpFile> => {
  const query = link.replace(/^rdp:\/\/(?:\?)?/i, "").replace(/\/$/, "");
  const lines: string[] = [];
  for (const pair of query.split("&")) {
    const at = pair.indexOf("=");
    if (at < 0) continue;
    try {
      lines.push(`${decodeURIComponent(pair.slice(0, at))}:${decodeURIComponent(pair.slice(at + 1))}`);
    } catch {
      return rejected(`${quoted(pair)} is no part of a link: after a % come two hexadecimal digits`);
    }
  }
  return parseRdpFile(lines);
};

/** The settings that are read, and their types. */
const KINDS: Readonly<Partial<Record<string, "i" | "s">>> = {
  "full address": "s",
  "alternate full address": "s",
  "server port": "i",
  gatewayhostname: "s",
  gatewayusagemethod: "i",
  loadbalanceinfo: "s",
  enablecredsspsupport: "i",
  "authentication level": "i",
  "negotiate security layer": "i",
  "use redirection server name": "i",
  kdcproxyname: "s",
  enablerdsaadauth: "i",
  signature: "s",
  signscope: "s",
};

type Settings = ReadonlyMap<string, string>;

const connectionOf = (settings: Settings, notes: string[]): Parsed<RdpFile> => {
  const full = settings.get("full address") ?? "";
  const alternate = settings.get("alternate full address") ?? "";
  const address = full === "" ? alternate : full;
  if (address === "") return rejected("it names no computer: full address is missing or empty");
  if (alternate !== "" && alternate.toLowerCase() !== address.toLowerCase()) {
    notes.push(
      `alternate full address: ${quoted(alternate)} is another computer than the full address, which is probed`,
    );
  }
  const named = parseTarget(address);
  if (!named.ok) return rejected(`full address: ${named.problem}`);
  const { host, family, port } = named.value;
  const given = settings.get("server port");
  const own = given === undefined ? null : parsePort(given);
  if (own !== null && !own.ok) notes.push(`server port: ${own.problem}`);
  const portOfFile = own?.ok === true ? own.value : null;
  if (port !== null && portOfFile !== null && port !== portOfFile) {
    notes.push(`server port: ${portOfFile} is another port than the full address has, which is probed`);
  }
  const at = port ?? portOfFile;
  const written = family === 6 ? `[${host}]` : host;
  const gateway = gatewayOf(settings, notes);
  const isSigned = (settings.get("signature") ?? "") !== "";
  if (isSigned && (settings.get("signscope") ?? "") === "") notes.push("signature: signscope is missing");
  for (const { key, value, note } of NOTED) if (settings.get(key) === value) notes.push(`${key}: ${note}`);
  const kdcProxy = settings.get("kdcproxyname") ?? "";
  if (kdcProxy !== "")
    notes.push(`kdcproxyname: Kerberos goes through ${quoted(kdcProxy)}, which is not probed`);
  const token = (settings.get("loadbalanceinfo") ?? "").replace(/(?:\r\n|\\r\\n)$/, "");
  const target = at === null ? written : `${written}:${at}`;
  return parsed({ target, routingToken: token === "" ? null : token, gateway, isSigned, notes });
};

/** Whether mstsc would go through the gateway: always (1), or where the direct way fails (2). */
const gatewayOf = (settings: Settings, notes: string[]): string | null => {
  const usage = settings.get("gatewayusagemethod") ?? "0";
  const host = settings.get("gatewayhostname") ?? "";
  if (usage !== "1" && usage !== "2") return null;
  if (host === "") {
    if (usage === "1")
      notes.push("gatewayusagemethod: a gateway is always used, and gatewayhostname names none");
    return null;
  }
  notes.push(
    usage === "1"
      ? `gatewayhostname: mstsc goes through ${quoted(host)}; what is probed is the direct way`
      : `gatewayhostname: mstsc goes through ${quoted(host)} where the direct way fails; the direct way is probed`,
  );
  return host;
};

/** Values that make a connection fail with some servers. */
const NOTED = [
  {
    key: "enablecredsspsupport",
    value: "0",
    note: "0 does not offer NLA: a server that requires it refuses this file",
  },
  {
    key: "negotiate security layer",
    value: "0",
    note: "0 does not negotiate: a server that requires TLS or NLA refuses this file",
  },
  {
    key: "authentication level",
    value: "1",
    note: "1 does not connect where the certificate cannot be verified, as a self-signed one",
  },
  {
    key: "enablerdsaadauth",
    value: "1",
    note: "1 signs in by Microsoft Entra ID: the computer has to be joined, and named by its host name",
  },
] as const;
