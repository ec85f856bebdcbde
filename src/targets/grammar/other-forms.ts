/** Targets as other programs write them: what they are here, or what to write instead. */
import { type Parsed, parsed, rejected } from "../plan/parsed.ts";
import { quoted } from "./quoted.ts";

/** The text as rdprobe writes it; what is in no other program's form comes back as it is. */
export const fromOtherForm = (text: string): Parsed<string> => {
  const option = /^\/v:(.+)$/i.exec(text)?.[1];
  if (option !== undefined) return parsed(option);
  if (text.startsWith("\\\\")) return fromShare(text);
  if (/^rdp:\/\//i.test(text)) return fromLink(text);
  const [, authority = ""] = /^[a-z][a-z0-9+.-]*:\/\/([^/?#]*)/i.exec(text) ?? [];
  return authority === "" ? parsed(text) : rejected(`${quoted(text)} is a URL: ${instead(authority)}`);
};

/** `\\server` as in Explorer. */
const fromShare = (text: string): Parsed<string> => {
  const [host = "", ...path] = text.slice(2).split("\\");
  return path.every((part) => part === "") && host !== ""
    ? parsed(host)
    : rejected(`${quoted(text)} is a shared folder: ${instead(host)}`);
};

/** `rdp://full%20address=s:host:port&...`, the links of Microsoft's clients, and `rdp://host`. */
const fromLink = (text: string): Parsed<string> => {
  const parts = text.slice("rdp://".length).split("&").map(unescaped);
  const address = parts.map((part) => /^full address=s:(.+)$/i.exec(part)?.[1]).find((part) => part);
  if (address !== undefined) return parsed(address.replace(/\/$/, ""));
  const [only = ""] = parts;
  return parts.length === 1 && !only.includes("=")
    ? parsed(only.replace(/\/$/, ""))
    : rejected(`${quoted(text)} is a link without "full address=s:host": write the host alone`);
};

const unescaped = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};

const instead = (authority: string): string => {
  const host = authority.replace(/^.*@/, "");
  return /:\d+$/.test(host) ? `write ${quoted(host)}` : `write ${quoted(host)} or ${quoted(`${host}:3389`)}`;
};
