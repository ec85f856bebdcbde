/**
 * What becomes of a server's handshake on its way: a rule names its place by record, field and fraction, so that
 * it hits the same place on two connections whose bytes differ.
 */
import type { Random } from "./random.ts";
import type { RecordContent, ServerKind } from "./servers.ts";

/** Where a byte is changed: in a record's header, in a field of the ServerHello, or at a part of the fragment. */
type Place =
  | { readonly in: "header"; readonly at: number }
  | { readonly in: "field"; readonly name: string; readonly fraction: number }
  | { readonly in: "fragment"; readonly fraction: number };

export type Damage =
  | { readonly kind: "none" }
  | { readonly kind: "byte"; readonly record: number; readonly place: Place; readonly mask: number }
  | { readonly kind: "drop" | "double" | "swap" | "merge"; readonly record: number }
  | { readonly kind: "split"; readonly record: number; readonly fraction: number }
  | {
      readonly kind: "cut";
      readonly record: number;
      readonly fraction: number;
      readonly end: "fin" | "rst" | "silence";
    }
  | { readonly kind: "insert"; readonly record: number; readonly what: Inserted };

export type DamageKind = Damage["kind"];

/** Whole records that a server might send in between. */
export const INSERTED = {
  "warning alert": "150303000201 5a",
  "fatal alert": "150303000202 28",
  "hello request": "1603030004 00000000",
  "empty handshake": "1603030000",
  "change cipher spec": "140303000101",
  "application data": "1703030003 010203",
  "unknown type": "6303030003 010203",
} as const;

type Inserted = keyof typeof INSERTED;

/** Of a hundred cases. Silence costs everybody a time-out, and is kept rare. */
const SHARES: Readonly<Record<DamageKind, number>> = {
  none: 3,
  byte: 47,
  drop: 8,
  double: 8,
  swap: 8,
  merge: 5,
  split: 5,
  cut: 8,
  insert: 8,
};

/** Fields of a ServerHello that every client's has, in TLS 1.3 and before. */
const HELLO_FIELDS = [
  "message header",
  "version",
  "random",
  "session id length",
  "cipher suite",
  "compression method",
  "extensions length",
] as const;
const VERSION_FIELDS = {
  old: ["extension 65281", "extension 23"],
  // Before, a server that gives tickets has no session id.
  tls13: ["session id", "extension 43", "extension 51"],
} as const;

const HEADER_SIZE = 5;

/** The rule of a number: the same number gives the same rule. */
export const damageOf = (random: Random, server: ServerKind): Damage => {
  const contents = server.flights.flat();
  const kind = random.weighted(SHARES);
  const any = (): number => random.below(contents.length);
  switch (kind) {
    case "none":
      return { kind };
    case "byte": {
      const record = any();
      const mask = random.below(2) === 0 ? 1 << random.below(8) : 1 + random.below(255);
      return { kind, record, place: placeIn(random, server, contents[record]), mask };
    }
    case "drop":
      return { kind, record: any() };
    case "double":
      // The last one's double comes after the handshake, of which nothing is said here.
      return { kind, record: random.below(contents.length - 1) };
    case "swap":
      return { kind, record: random.pick(withFollower(server, () => true)) };
    case "merge": {
      const pairs = withFollower(server, isClear);
      return pairs.length === 0 ? splitOf(random, contents) : { kind, record: random.pick(pairs) };
    }
    case "split":
      return splitOf(random, contents);
    case "cut": {
      const end = random.below(5) === 0 ? "silence" : random.pick(["fin", "rst"] as const);
      return { kind, record: any(), fraction: random.fraction(), end };
    }
    case "insert":
      return { kind, record: any(), what: random.pick(INSERTED_NAMES) };
  }
};

const splitOf = (random: Random, contents: readonly RecordContent[]): Damage => ({
  kind: "split",
  record: random.pick(clearRecords(contents)),
  fraction: random.fraction(),
});

const isInserted = (name: string): name is Inserted => Object.hasOwn(INSERTED, name);
const INSERTED_NAMES = Object.keys(INSERTED).filter(isInserted);

const placeIn = (random: Random, { version }: ServerKind, content: RecordContent | undefined): Place => {
  if (random.below(8) === 0) return { in: "header", at: random.below(HEADER_SIZE) };
  const fraction = random.fraction();
  if (content !== "server_hello") return { in: "fragment", fraction };
  const others = version === "1.3" ? VERSION_FIELDS.tls13 : VERSION_FIELDS.old;
  return { in: "field", name: random.pick([...HELLO_FIELDS, ...others]), fraction };
};

/** Handshake messages in the clear, before a server's keys are in use. */
const isClear = (content: RecordContent | undefined): boolean =>
  content !== undefined && content !== "sealed" && content !== "change_cipher_spec";

const clearRecords = (contents: readonly RecordContent[]): readonly number[] =>
  contents.flatMap((content, index) => (isClear(content) ? [index] : []));

/**
 * Records that another one follows in the same flight, both of a kind. TLS 1.3's ServerHello stands alone: the
 * keys change after it (RFC 8446 5.1).
 */
const withFollower = (
  { flights }: ServerKind,
  passes: (content: RecordContent | undefined) => boolean,
): readonly number[] => {
  const found: number[] = [];
  let before = 0;
  for (const flight of flights) {
    for (let index = 0; index + 1 < flight.length; index += 1) {
      if (passes(flight[index]) && passes(flight[index + 1])) found.push(before + index);
    }
    before += flight.length;
  }
  return found;
};

/** For people, and to be found again. */
export const describeDamage = (damage: Damage): string => {
  switch (damage.kind) {
    case "none":
      return "nothing";
    case "byte": {
      const { place } = damage;
      const where =
        place.in === "header"
          ? `byte ${place.at} of the header`
          : `${place.in === "field" ? place.name : "the fragment"} at ${place.fraction.toFixed(3)}`;
      return `record ${damage.record}: ${where} xor 0x${damage.mask.toString(16)}`;
    }
    case "cut":
      return `record ${damage.record}: cut at ${damage.fraction.toFixed(3)}, then ${damage.end}`;
    case "split":
      return `record ${damage.record}: split at ${damage.fraction.toFixed(3)}`;
    case "insert":
      return `record ${damage.record}: ${damage.what} before it`;
    default:
      return `record ${damage.record}: ${damage.kind}`;
  }
};
