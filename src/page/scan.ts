/** The scan as the page reads it: what each row says, out of columns. */
import {
  type CertificateColumns,
  DEFLATED_TYPE,
  type HostDetails,
  PAGE_SCHEMA,
  type PageData,
  TEXT_COLUMNS,
  type TextColumn,
  type TextColumnName,
} from "../report/page/page-data.ts";
import { digestAt, hasDigest } from "../report/page/packed-digests.ts";
import { daysBetween, wholeDays } from "../verdict/days-left.ts";

export interface Certificate {
  /** Its place among the certificates. */
  readonly place: number;
  readonly subject: string | null;
  readonly issuer: string | null;
  readonly notBefore: Date | null;
  readonly notAfter: Date | null;
  readonly key: string | null;
  readonly signature: string | null;
  readonly sha256: string | null;
  /** It looks like one that Windows makes, and makes anew when it is over. */
  readonly isByWindows: boolean;
}

/** One thing that is wrong at a host. */
export interface ProblemMark {
  readonly severity: "warning" | "critical";
  readonly code: string;
}

/** Below so many rows every host was meant, and none is folded away. */
const FEWEST_OF_A_SCAN = 17;

const SEVERITIES = ["ok", "warning", "critical"] as const;
const SEVERITY_PLACES: ReadonlyMap<string, number> = new Map(SEVERITIES.map((name, place) => [name, place]));

export class Scan {
  readonly data: PageData;
  readonly count: number;
  /** Days are counted from here. */
  readonly now: Date;
  readonly #columns: ReadonlyMap<TextColumnName, TextColumn>;
  readonly #days: Float64Array;
  readonly #folded: Uint8Array;
  readonly #answered: Uint8Array;
  readonly #severity: Uint8Array;
  readonly #digests: string | null;

  /** @param digests of the certificates as packed-digests.ts has them; null where the data has them. */
  constructor(data: PageData, digests: string | null = null) {
    this.data = data;
    this.#digests = digests;
    this.count = data.count;
    this.now = new Date(data.madeAt);
    this.#columns = new Map(
      TEXT_COLUMNS.flatMap((name, at) => {
        const column = data.text[at];
        return column === undefined ? [] : [[name, column] as const];
      }),
    );
    const ends = data.certificates.notAfter.map((end) =>
      end === null ? Number.NaN : daysBetween(this.now, new Date(end * 1000)),
    );
    this.#days = Float64Array.from(data.certificate, (place) => ends[place] ?? Number.NaN);
    this.#answered = this.#flags("stage", (stage) => stage !== "dns" && stage !== "tcp");
    this.#severity = this.#flags("severity", (severity) => SEVERITY_PLACES.get(severity) ?? 0);
    const folded = new Set(data.folded);
    const isFolded = this.#flags("verdict", (verdict) => folded.has(verdict));
    const host = this.column("host");
    this.#folded = isFolded.map((is, row) =>
      is === 1 && data.count >= FEWEST_OF_A_SCAN && textIn(host, row) === null ? 1 : 0,
    );
  }

  /** A small number of each row, by its text. */
  #flags(name: TextColumnName, flagOf: (text: string) => boolean | number): Uint8Array {
    const { values, at } = this.column(name);
    const flags = values.map((text) => Number(flagOf(text)));
    const none = Number(flagOf(""));
    return Uint8Array.from(
      { length: this.count },
      (_, row) => flags[at === null ? row : (at[row] ?? -1)] ?? none,
    );
  }

  column(name: TextColumnName): TextColumn {
    return this.#columns.get(name) ?? { values: [], at: [] };
  }

  text(name: TextColumnName, row: number): string | null {
    return textIn(this.column(name), row);
  }

  host(row: number): string {
    return this.text("host", row) ?? this.text("address", row) ?? "";
  }

  /** `host:port`, an IPv6 address in brackets. */
  place(row: number): string {
    const host = this.host(row);
    return `${host.includes(":") ? `[${host}]` : host}:${this.data.port[row] ?? 0}`;
  }

  /** Its place; of a capture with the stream, since one server may be in it many times. */
  name(row: number): string {
    const stream = this.data.stream?.[row] ?? null;
    return stream === null ? this.place(row) : `${this.place(row)}, stream ${stream}`;
  }

  /** What a row is. */
  get noun(): "host" | "connection" {
    return this.data.stream === null ? "host" : "connection";
  }

  severity(row: number): "ok" | "warning" | "critical" {
    return SEVERITIES[this.#severity[row] ?? 0] ?? "ok";
  }

  /** An address of a range where nobody listens. */
  isFolded(row: number): boolean {
    return this.#folded[row] === 1;
  }

  /** Whether the port answered. */
  isAnswered(row: number): boolean {
    return this.#answered[row] === 1;
  }

  /** Days until the certificate's end in tenths; NaN where there is none. */
  days(row: number): number {
    return this.#days[row] ?? Number.NaN;
  }

  /** Whole days; null where there is no certificate. */
  wholeDays(row: number): number | null {
    const days = this.days(row);
    return Number.isNaN(days) ? null : wholeDays(days);
  }

  /** Its certificate looks like one that Windows makes, and makes anew when it is over. */
  isByWindows(row: number): boolean {
    return this.data.certificates.byWindows[this.certificatePlace(row)] === 1;
  }

  certificatePlace(row: number): number {
    return this.data.certificate[row] ?? -1;
  }

  /** Of its certificate's key: the place of the first certificate that has it; -1 where there is none. */
  keyPlace(row: number): number {
    const place = this.certificatePlace(row);
    return place < 0 ? place : (this.data.certificates.sameKey?.[place] ?? place);
  }

  /** Of a certificate, in hexadecimal digits. */
  sha256(place: number): string | null {
    return this.#digests === null
      ? (this.data.certificates.sha256[place] ?? null)
      : digestAt(this.#digests, place);
  }

  hasSha256(place: number): boolean {
    return this.#digests === null
      ? (this.data.certificates.sha256[place] ?? null) !== null
      : hasDigest(this.#digests, place);
  }

  certificate(place: number): Certificate | null {
    const { certificates } = this.data;
    if (place < 0) return null;
    const subject = textIn(certificates.subject, place);
    return {
      place,
      subject,
      issuer: textIn(certificates.issuer, place) ?? subject,
      notBefore: dateIn(certificates, "notBefore", place),
      notAfter: dateIn(certificates, "notAfter", place),
      key: textIn(certificates.key, place),
      signature: textIn(certificates.signature, place),
      sha256: this.sha256(place),
      isByWindows: certificates.byWindows[place] === 1,
    };
  }

  problems(row: number): readonly ProblemMark[] {
    return problemsIn(this.text("problems", row));
  }

  details(row: number): HostDetails | null {
    return this.data.details[row] ?? null;
  }
}

/** Of a text as it stands in the column `problems`. */
export const problemsIn = (text: string | null): readonly ProblemMark[] =>
  (text ?? "").split(" ").flatMap((mark) => {
    const [letter, code] = [mark.slice(0, 1), mark.slice(2)];
    return code === "" ? [] : [{ severity: letter === "c" ? "critical" : "warning", code } as const];
  });

export const textIn = ({ values, at }: TextColumn, row: number): string | null =>
  (at === null ? values[row] : values[at[row] ?? -1]) ?? null;

const dateIn = (columns: CertificateColumns, name: "notBefore" | "notAfter", place: number): Date | null => {
  const seconds = columns[name][place] ?? null;
  return seconds === null ? null : new Date(seconds * 1000);
};

/** What stands in the page; an error for what this script cannot read. */
export const readScan = async (): Promise<Scan> => {
  const block = document.getElementById("data");
  const text = block?.textContent ?? "";
  const json = block?.getAttribute("type") === DEFLATED_TYPE ? await inflated(text) : text;
  const data: PageData = JSON.parse(json);
  if (data.schema !== PAGE_SCHEMA)
    throw new Error(`the page's data is ${String(data.schema)}, not ${PAGE_SCHEMA}`);
  block?.remove();
  await parsed();
  const digests = document.getElementById("digests");
  digests?.remove();
  return new Scan(data, digests?.textContent ?? null);
};

/** Resolves when the whole file has been read. */
const parsed = (): Promise<void> =>
  new Promise((resolve) => {
    if (document.readyState !== "loading") resolve();
    else document.addEventListener("DOMContentLoaded", () => resolve(), { once: true });
  });

/** In one piece: a Blob would go through the browser's process. */
const inflated = async (base64: string): Promise<string> => {
  const { readable, writable } = new DecompressionStream("deflate-raw");
  const writer = writable.getWriter();
  const written = writer.write(bytesOf(base64)).then(() => writer.close());
  const decoder = new TextDecoder();
  const parts: string[] = [];
  const reader = readable.getReader();
  for (let part = await reader.read(); !part.done; part = await reader.read())
    parts.push(decoder.decode(part.value, { stream: true }));
  await written;
  return parts.join("") + decoder.decode();
};

const bytesOf = (base64: string): Uint8Array<ArrayBuffer> => {
  const text = atob(base64);
  const bytes = new Uint8Array(text.length);
  for (let at = 0; at < text.length; at += 1) bytes[at] = text.charCodeAt(at);
  return bytes;
};
