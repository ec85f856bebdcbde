/** What every package says of rdprobe. */
import manifest from "../../../package.json" with { type: "json" };

export const FACTS = {
  name: "rdprobe",
  version: manifest.version,
  license: "MIT",
  summary: "says why a Remote Desktop (RDP) connection fails",
  /** A line a paragraph's line, up to 75 characters. */
  description: [
    "rdprobe connects to an RDP server as mstsc does, without credentials, and",
    "says in which stage of X.224, TLS, CredSSP or MCS the connection fails, what",
    "the likely causes are and what to do first. It scans networks, reads",
    "captures, explains error codes, and watches servers for Nagios, Icinga,",
    "Checkmk and Prometheus.",
  ],
  maintainer: "The rdprobe authors <rdprobe@rdprobe.example>",
  publisher: "The rdprobe authors",
} as const;

/**
 * Where the files of a release are fetched from. No place is known yet: the name is one that nobody can own
 * (RFC 2606), until `npm run release -- --url <address>` gives the real one.
 */
export const DEFAULT_URL = `https://rdprobe.example/releases/${manifest.version}`;

/** Where users read on. */
export const homepageOf = (url: string): string => new URL("/", url).href;
