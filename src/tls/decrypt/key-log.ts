/** TLS secrets in the NSS key log format, as browsers, OpenSSL and Node write it (draft-ietf-tls-keylogfile). */
import { fromHex, toHex } from "../../bytes/hex.ts";
import { RANDOM_SIZE_BYTES } from "../wire/hello-start.ts";

/** What a key log may say of one session. */
const SECRET_LABELS = {
  /** Up to TLS 1.2: the master secret. */
  CLIENT_RANDOM: "master",
  CLIENT_HANDSHAKE_TRAFFIC_SECRET: "clientHandshake",
  SERVER_HANDSHAKE_TRAFFIC_SECRET: "serverHandshake",
  CLIENT_TRAFFIC_SECRET_0: "clientApplication",
  SERVER_TRAFFIC_SECRET_0: "serverApplication",
} as const;

type SecretName = (typeof SECRET_LABELS)[keyof typeof SECRET_LABELS];

export type SessionSecrets = Readonly<Partial<Record<SecretName, Uint8Array>>>;

/** Sessions beyond this many push out those that came first. */
const MAX_SESSIONS = 100_000;
const MAX_SECRET_BYTES = 64;

/** The secrets of many sessions, by the client's random. */
export class KeyLog {
  readonly #sessions = new Map<string, SessionSecrets>();
  /** The keys in the order in which they came, a ring: the map itself would be walked from its first hole on. */
  readonly #order: string[] = [];
  #next = 0;

  get isEmpty(): boolean {
    return this.#sessions.size === 0;
  }

  /** Takes whole lines of a key log; lines that say nothing known are passed over. */
  add(text: string): void {
    for (const line of text.split(/\r?\n/)) this.#addLine(line);
  }

  /** What is known of the session with this client random; null where nothing is. */
  secretsOf(clientRandom: Uint8Array): SessionSecrets | null {
    return this.#sessions.get(toHex(clientRandom)) ?? null;
  }

  #addLine(line: string): void {
    const [, label = "", random = "", secret = ""] = LINE.exec(line) ?? [];
    if (!isLabel(label) || secret.length > 2 * MAX_SECRET_BYTES || secret.length % 2 !== 0) return;
    const key = random.toLowerCase();
    const known = this.#sessions.get(key);
    if (known === undefined) this.#enter(key);
    this.#sessions.set(key, { ...known, [SECRET_LABELS[label]]: fromHex(secret) });
  }

  /** Gives a new session its place, which is that of the oldest where there are too many. */
  #enter(key: string): void {
    const oldest = this.#order[this.#next];
    if (oldest !== undefined) this.#sessions.delete(oldest);
    this.#order[this.#next] = key;
    this.#next = (this.#next + 1) % MAX_SESSIONS;
  }
}

const LINE = new RegExp(`^([A-Z0-9_]+) ([0-9a-fA-F]{${2 * RANDOM_SIZE_BYTES}}) ([0-9a-fA-F]+)\\s*$`);

const isLabel = (label: string): label is keyof typeof SECRET_LABELS => Object.hasOwn(SECRET_LABELS, label);
