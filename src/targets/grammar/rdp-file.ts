/**
 * A connection of mstsc as its .rdp file or an `rdp://` link has it: `name:type:value`, a line a setting (Microsoft,
 * "Supported RDP properties"). Only what decides how the connection is made is read. The file comes from anywhere:
 * what cannot be is a note, and what is not known is passed over.
 */
import { type Parsed, parsed, rejected } from "../plan/parsed.ts";
import { parsePort } from "./port.ts";
import { quoted } from "./quoted.ts";
import { parseTarget } from "../plan/target.ts";

export interface RdpFile {
  /** As a target is typed: `server01`, `server01:3390`, `[2001:db8::7]:3390`. */
  readonly target: string;
  readonly host: string;
  /** Null where the file names none. */
  readonly port: number | null;
  /** `loadbalanceinfo`, without its line end. */
  readonly routingToken: string | null;
  /** `gatewayhostname`, where the file's usage of it lets mstsc go there. */
  readonly gateway: RdpGateway | null;
  readonly isSigned: boolean;
  /** What in the file itself can make it fail, or is not probed as mstsc would. */
  readonly notes: readonly RdpNote[];
}

export interface RdpGateway {
  readonly host: string;
  readonly port: number;
  /** `always`, or `fallback`: only where the direct way fails. */
  readonly usage: "always" | "fallback";
}

/** A setting that is worth a finding; the code is the finding's. */
interface RdpNote {
  readonly code: RdpNoteCode;
  readonly setting: string;
  /** As the file has it, from a stranger; null where it is missing. */
  readonly value: string | null;
}

export type RdpNoteCode =
  | "rdp-file-value-invalid"
  | "rdp-file-setting-twice"
  | "rdp-file-alternate-address"
  | "rdp-file-port-differs"
  | "rdp-file-signature-incomplete"
  | "rdp-file-token-not-sent"
  | "rdp-file-gateway"
  | "rdp-file-gateway-missing"
  | "rdp-file-nla-off"
  | "rdp-file-negotiation-off"
  | "rdp-file-authentication-strict"
  | "rdp-file-entra"
  | "rdp-file-kdc-proxy"
  | "rdp-file-redirection-name";

/** How many settings are read; mstsc writes about fifty. */
const MAX_SETTINGS = 10_000;

/** More are no news: a file of a stranger is not to fill a result. */
const MAX_NOTES = 32;

/** Reads the lines of a file. */
export const parseRdpFile = (lines: Iterable<string>): Parsed<RdpFile> => {
  const settings = new Map<string, string>();
  const notes: RdpNote[] = [];
  const note = (code: RdpNoteCode, setting: string, value: string | null): void => {
    if (notes.length < MAX_NOTES) notes.push({ code, setting, value });
  };
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
      note("rdp-file-value-invalid", key, `${type}:${value}`);
      continue;
    }
    if (kind === "i" && !/^-?\d{1,10}$/.test(value)) {
      note("rdp-file-value-invalid", key, value);
      continue;
    }
    const earlier = settings.get(key);
    if (earlier !== undefined && earlier !== value) note("rdp-file-setting-twice", key, value);
    settings.set(key, value);
  }
  return connectionOf(settings, notes, note);
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

type Note = (code: RdpNoteCode, setting: string, value: string | null) => void;

const connectionOf = (settings: Settings, notes: readonly RdpNote[], note: Note): Parsed<RdpFile> => {
  const full = settings.get("full address") ?? "";
  const alternate = settings.get("alternate full address") ?? "";
  const address = full === "" ? alternate : full;
  if (address === "") return rejected("it names no computer: full address is missing or empty");
  if (alternate !== "" && alternate.toLowerCase() !== address.toLowerCase())
    note("rdp-file-alternate-address", "alternate full address", alternate);
  const named = parseTarget(address);
  if (!named.ok) return rejected(`full address: ${named.problem}`);
  const { host, family, port } = named.value;
  const given = settings.get("server port");
  const own = given === undefined ? null : parsePort(given);
  if (given !== undefined && own?.ok === false) note("rdp-file-value-invalid", "server port", given);
  const portOfFile = own?.ok === true ? own.value : null;
  if (port !== null && portOfFile !== null && port !== portOfFile)
    note("rdp-file-port-differs", "server port", String(portOfFile));
  const at = port ?? portOfFile;
  const written = family === 6 ? `[${host}]` : host;
  const gateway = gatewayOf(settings, note);
  const isSigned = (settings.get("signature") ?? "") !== "";
  if (isSigned && (settings.get("signscope") ?? "") === "")
    note("rdp-file-signature-incomplete", "signscope", null);
  for (const { key, value, code } of NOTED) if (settings.get(key) === value) note(code, key, value);
  const kdcProxy = settings.get("kdcproxyname") ?? "";
  if (kdcProxy !== "") note("rdp-file-kdc-proxy", "kdcproxyname", kdcProxy);
  const token = (settings.get("loadbalanceinfo") ?? "").replace(/(?:\r\n|\\r\\n)$/, "");
  if (token !== "" && !canBeToken(token)) note("rdp-file-token-not-sent", "loadbalanceinfo", token);
  return parsed({
    target: at === null ? written : `${written}:${at}`,
    ...{ host, port: at, gateway, isSigned, notes },
    routingToken: token === "" || !canBeToken(token) ? null : token,
  });
};

/** The request has room for so much beside the negotiation, in printable ASCII. */
const canBeToken = (token: string): boolean => /^[\x20-\x7e]{1,200}$/.test(token);

const HTTPS_PORT = 443;

/** Whether mstsc would go through the gateway: always (1), or where the direct way fails (2). */
const gatewayOf = (settings: Settings, note: Note): RdpGateway | null => {
  const method = settings.get("gatewayusagemethod") ?? "0";
  const usage = method === "1" ? "always" : method === "2" ? "fallback" : null;
  if (usage === null) return null;
  const name = settings.get("gatewayhostname") ?? "";
  const named = name === "" ? null : parseTarget(name);
  if (named?.ok !== true) {
    if (usage === "always" || name !== "") note("rdp-file-gateway-missing", "gatewayhostname", name || null);
    return null;
  }
  note("rdp-file-gateway", "gatewayhostname", name);
  return { host: named.value.host, port: named.value.port ?? HTTPS_PORT, usage };
};

/** Values that make a connection fail with some servers. */
const NOTED = [
  { key: "enablecredsspsupport", value: "0", code: "rdp-file-nla-off" },
  { key: "negotiate security layer", value: "0", code: "rdp-file-negotiation-off" },
  { key: "authentication level", value: "1", code: "rdp-file-authentication-strict" },
  { key: "enablerdsaadauth", value: "1", code: "rdp-file-entra" },
  { key: "use redirection server name", value: "1", code: "rdp-file-redirection-name" },
] as const satisfies readonly { key: string; value: string; code: RdpNoteCode }[];
