/** What another scanner found, as targets: the XML of nmap (`-oX`) and the JSON of masscan (`-oJ`). */
import sax from "sax";
import { type Parsed, rejected } from "../plan/parsed.ts";
import { quoted } from "./quoted.ts";
import type { ScanListKind } from "./scan-list-kind.ts";
import { parseTargetEntry, type TargetEntry } from "../plan/target-entry.ts";

/** Told at the end: what was taken and what was left. */
interface ScanListCounts {
  /** Of which targets were taken. */
  readonly hosts: number;
  /** Open TCP ports that were not taken. */
  readonly otherPorts: number;
}

export interface ScanListReader {
  /** The targets that this line of the file completes. */
  line(text: string): readonly Parsed<TargetEntry>[];
  end(): { readonly problem: string | null; readonly counts: ScanListCounts };
}

/**
 * Reads line by line, with the memory of one host.
 * @param ports those that are taken: of nmap also what it calls ms-wbt-server, of masscan all where none were named.
 */
export const scanListReader = (kind: ScanListKind, ports: ReadonlySet<number> | null): ScanListReader =>
  kind === "nmap" ? new NmapXml(ports ?? DEFAULT_PORTS) : new MasscanJson(ports);

const DEFAULT_PORTS: ReadonlySet<number> = new Set([3389]);

/** What nmap calls RDP (nmap-services, nmap-service-probes). */
const RDP_SERVICE = "ms-wbt-server";

interface OpenPort {
  readonly port: number;
  service: string;
}

/** Elements inside each other; nmap's have eight at most. */
const MAX_DEPTH = 32;
const MAX_PORT = 65_535;

/** No entity is expanded but the five of XML and numbers: a DOCTYPE is passed over, and others end the reading. */
class NmapXml implements ScanListReader {
  readonly #parser = new sax.SAXParser(true, { lowercase: false });
  readonly #ports: ReadonlySet<number>;
  readonly #found: Parsed<TargetEntry>[] = [];
  #problem: string | null = null;
  #depth = 0;
  #isNmap = false;
  #address = "";
  #isUp = true;
  #hasPorts = false;
  #open: OpenPort[] = [];
  #current: { port: number; isTcp: boolean; isOpen: boolean; service: string } | null = null;
  #hosts = 0;
  #others = 0;

  constructor(ports: ReadonlySet<number>) {
    this.#ports = ports;
    this.#parser.onopentag = ({ name, attributes }) => this.#opens(name, attributes);
    this.#parser.onclosetag = (name) => this.#closes(name);
    this.#parser.onerror = (error) => {
      this.#problem ??= error.message.split("\n")[0] ?? "it is no XML";
    };
  }

  line(text: string): readonly Parsed<TargetEntry>[] {
    if (this.#problem === null) this.#parser.write(`${text}\n`);
    const found = this.#found.splice(0);
    return this.#problem === null ? found : [];
  }

  end(): ReturnType<ScanListReader["end"]> {
    if (this.#problem === null && this.#depth > 0) this.#problem = "the XML ends too early";
    if (this.#problem === null && !this.#isNmap) this.#problem = "there is no nmaprun in it";
    return { problem: this.#problem, counts: { hosts: this.#hosts, otherPorts: this.#others } };
  }

  #opens(name: string, attributes: Readonly<Record<string, unknown>>): void {
    const text = (key: string): string => {
      const value = Object.hasOwn(attributes, key) ? attributes[key] : "";
      return typeof value === "string" ? value : "";
    };
    this.#depth += 1;
    if (this.#depth > MAX_DEPTH) this.#problem ??= "its elements stand too deep in each other";
    if (this.#depth === 1 && name === "nmaprun") this.#isNmap = true;
    if (!this.#isNmap) return;
    if (name === "host") {
      this.#address = "";
      this.#isUp = true;
      this.#hasPorts = false;
      this.#open = [];
    } else if (name === "status") this.#isUp = text("state") !== "down";
    else if (name === "address" && text("addrtype") !== "mac" && this.#address === "") {
      this.#address = text("addr");
    } else if (name === "ports") this.#hasPorts = true;
    else if (name === "port") {
      const port = Number(text("portid"));
      const isTcp = text("protocol") === "tcp" && Number.isInteger(port) && port >= 1 && port <= MAX_PORT;
      this.#current = { port, isTcp, isOpen: false, service: "" };
    } else if (name === "state" && this.#current !== null) this.#current.isOpen = text("state") === "open";
    else if (name === "service" && this.#current !== null) this.#current.service = text("name");
  }

  #closes(name: string): void {
    this.#depth -= 1;
    if (name === "port" && this.#current !== null) {
      const { port, isTcp, isOpen, service } = this.#current;
      // A host has no more of them than there are.
      if (isTcp && isOpen && this.#open.length < MAX_PORT) this.#open.push({ port, service });
      this.#current = null;
    }
    if (name === "host" && this.#isNmap) this.#takeHost();
  }

  #takeHost(): void {
    if (!this.#isUp || this.#address === "") return;
    const taken = this.#open.filter(({ port, service }) => this.#ports.has(port) || service === RDP_SERVICE);
    this.#others += this.#open.length - taken.length;
    // A scan without ports says who is there: each is asked at the ports of -p.
    const words = this.#hasPorts
      ? taken.map(({ port }) => endpointWord(this.#address, port))
      : [this.#address];
    if (words.length > 0) this.#hosts += 1;
    for (const word of words) this.#found.push(entryOf(word));
  }
}

const endpointWord = (address: string, port: number): string =>
  address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`;

/** An address, and nothing that a stranger's file could hide a list or a range in. */
const entryOf = (word: string): Parsed<TargetEntry> =>
  /^[0-9a-f.:[\]]+$/i.test(word) ? parseTargetEntry(word) : rejected(`${quoted(word)} is no address`);

/** A record a line, as masscan writes them: with commas that older releases leave where JSON has none. */
class MasscanJson implements ScanListReader {
  readonly #ports: ReadonlySet<number> | null;
  readonly #hosts = new Set<string>();
  #others = 0;
  #number = 0;
  #problem: string | null = null;

  constructor(ports: ReadonlySet<number> | null) {
    this.#ports = ports;
  }

  line(text: string): readonly Parsed<TargetEntry>[] {
    this.#number += 1;
    const record = text.trim().replace(/^,/, "").replace(/,$/, "").trim();
    if (this.#problem !== null || NO_RECORD.test(record)) return [];
    const value = parsedJson(record);
    const records = Array.isArray(value) ? value : [value];
    return records.flatMap((one) => this.#targetsOf(one));
  }

  end(): ReturnType<ScanListReader["end"]> {
    return { problem: this.#problem, counts: { hosts: this.#hosts.size, otherPorts: this.#others } };
  }

  #targetsOf(record: unknown): readonly Parsed<TargetEntry>[] {
    const { ip, ports } = partsOf(record);
    if (typeof ip !== "string" || !Array.isArray(ports)) {
      this.#problem ??= `line ${this.#number} is no record of masscan`;
      return [];
    }
    return ports.slice(0, MAX_PORT).flatMap((entry: unknown) => {
      const { port, proto, status } = partsOf(entry);
      if (proto !== "tcp" || (status !== undefined && status !== "open") || typeof port !== "number")
        return [];
      if (this.#ports !== null && !this.#ports.has(port)) {
        this.#others += 1;
        return [];
      }
      this.#hosts.add(ip);
      return [entryOf(endpointWord(ip, port))];
    });
  }
}

/** What stands around the records, and the line that old releases end with: `{finished: 1}`. */
const NO_RECORD = /^(?:[[\]]?|\{\s*"?finished"?\s*:\s*\d+\s*\})$/;

const partsOf = (
  value: unknown,
): { ip?: unknown; ports?: unknown; port?: unknown; proto?: unknown; status?: unknown } =>
  typeof value === "object" && value !== null ? value : {};

const parsedJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
};
