/** A certificate cut into its fields ([RFC 5280] 4.1), each still DER, so that one bad field hides no other. */
import { DER_TAG, type DerElement, decodeDerFront, decodeDerFronts } from "../bytes/der.ts";
import { toHex } from "../bytes/hex.ts";

/** A field's DER, or null where it is absent; what should be there and is not was noted. */
export interface CertificateParts {
  readonly version: Uint8Array | null;
  readonly serialNumber: Uint8Array | null;
  readonly issuer: Uint8Array | null;
  readonly notBefore: Uint8Array | null;
  readonly notAfter: Uint8Array | null;
  readonly subject: Uint8Array | null;
  readonly subjectPublicKeyInfo: Uint8Array | null;
  readonly extensions: readonly Uint8Array[];
  /** The one that stands beside the signature, or the signed one where the other is missing. */
  readonly signatureAlgorithm: Uint8Array | null;
}

/** Takes one thing that could not be read: the field's dotted name and the reason. */
export type Note = (field: string, reason: string) => void;

const { integer: INTEGER, sequence: SEQUENCE, context0: VERSION, context3: EXTENSIONS } = DER_TAG;
const ISSUER_UNIQUE_ID = 0x81;
const SUBJECT_UNIQUE_ID = 0x82;
const TIMES: readonly number[] = [DER_TAG.utcTime, DER_TAG.generalizedTime];
const MAX_FIELDS = 32;
const MAX_EXTENSIONS = 1_000;

/** Cuts `der` (null yields nothing, silently); says through `note` what is missing, cut short or of another type. */
export const splitCertificate = (der: Uint8Array | null, note: Note): CertificateParts => {
  const certificate = new Fields("certificate", der === null ? null : wholeOf(der, note), note);
  const tbs = new Fields("tbsCertificate", certificate.open("tbsCertificate", SEQUENCE), note);
  const version = tbs.optional(VERSION);
  const serialNumber = tbs.required("serialNumber", [INTEGER]);
  const signature = tbs.required("signature", [SEQUENCE]);
  const issuer = tbs.required("issuer", [SEQUENCE]);
  const validity = new Fields("tbsCertificate.validity", tbs.open("validity", SEQUENCE), note);
  const notBefore = validity.required("notBefore", TIMES);
  const notAfter = validity.required("notAfter", TIMES);
  const subject = tbs.required("subject", [SEQUENCE]);
  const subjectPublicKeyInfo = tbs.required("subjectPublicKeyInfo", [SEQUENCE]);
  tbs.optional(ISSUER_UNIQUE_ID);
  tbs.optional(SUBJECT_UNIQUE_ID);
  const extensions = extensionsOf(tbs, note);
  const signatureAlgorithm = certificate.required("signatureAlgorithm", [SEQUENCE]) ?? signature;
  return {
    version,
    serialNumber,
    issuer,
    notBefore,
    notAfter,
    subject,
    subjectPublicKeyInfo,
    extensions,
    signatureAlgorithm,
  };
};

/** The content of the outermost SEQUENCE, or null. */
const wholeOf = (der: Uint8Array, note: Note): Uint8Array | null => {
  const outer = decodeDerFront(der);
  if (outer.status !== "done") {
    note("certificate", outer.status === "need" ? "cut short" : outer.fault.reason);
    return null;
  }
  const { tag, missingBytes } = outer.value;
  if (tag !== SEQUENCE) {
    note("certificate", unexpected(tag, [SEQUENCE]));
    return null;
  }
  if (missingBytes > 0) note("certificate", cutShort(missingBytes));
  if (outer.size < der.length) note("certificate", `${der.length - outer.size} bytes left over`);
  return outer.value.contents;
};

/** The extensions of `[3] EXPLICIT SEQUENCE OF Extension`; those before a cut are still read. */
const extensionsOf = (tbs: Fields, note: Note): readonly Uint8Array[] => {
  const content = tbs.openOptional("extensions", EXTENSIONS);
  if (content === null) return [];
  const list = new Fields("tbsCertificate", content, note).open("extensions", SEQUENCE);
  if (list === null) return [];
  const { elements, fault } = decodeDerFronts(list, MAX_EXTENSIONS);
  if (fault !== null) note("tbsCertificate.extensions", fault);
  return elements.filter(({ missingBytes }) => missingBytes === 0).map(({ der }) => der);
};

/** The members of a SEQUENCE with a schema, taken one after the other. */
class Fields {
  readonly #path: string;
  readonly #elements: readonly DerElement[];
  readonly #note: Note;
  #at = 0;

  /** @param content null when the SEQUENCE itself is missing, which was noted: its members are silent then. */
  constructor(path: string, content: Uint8Array | null, note: Note) {
    this.#path = path;
    this.#note = content === null ? () => {} : note;
    const { elements, fault } = decodeDerFronts(content ?? new Uint8Array(0), MAX_FIELDS);
    this.#elements = elements;
    if (fault !== null) note(path, fault);
  }

  /** The DER of the next member if it has this identifier; it stays where it is if not. */
  optional(identifier: number): Uint8Array | null {
    return this.#isNext(identifier) ? this.required(`[${identifier & 0x1f}]`, [identifier]) : null;
  }

  /** The DER of the next member, when it is whole and of one of these identifiers. */
  required(name: string, identifiers: readonly number[]): Uint8Array | null {
    const element = this.#take(name, identifiers);
    if (element === null) return null;
    if (element.missingBytes === 0) return element.der;
    this.#note(this.#field(name), cutShort(element.missingBytes));
    return null;
  }

  /** The content of the next member, as far as it is there. */
  open(name: string, identifier: number): Uint8Array | null {
    const element = this.#take(name, [identifier]);
    if (element === null) return null;
    if (element.missingBytes > 0) this.#note(this.#field(name), cutShort(element.missingBytes));
    return element.contents;
  }

  /** The content of the next member if it has this identifier. */
  openOptional(name: string, identifier: number): Uint8Array | null {
    return this.#isNext(identifier) ? this.open(name, identifier) : null;
  }

  #isNext(identifier: number): boolean {
    return this.#elements[this.#at]?.tag === identifier;
  }

  #take(name: string, identifiers: readonly number[]): DerElement | null {
    const element = this.#elements[this.#at];
    this.#at += 1;
    if (element !== undefined && identifiers.includes(element.tag)) return element;
    const reason = element === undefined ? "missing" : unexpected(element.tag, identifiers);
    this.#note(this.#field(name), reason);
    return null;
  }

  #field(name: string): string {
    return this.#path === "certificate" ? name : `${this.#path}.${name}`;
  }
}

const cutShort = (missingBytes: number): string => `cut short: ${missingBytes} bytes missing`;

const unexpected = (identifier: number, wanted: readonly number[]): string =>
  `identifier 0x${toHex(Uint8Array.of(identifier))} where 0x${wanted.map((one) => toHex(Uint8Array.of(one))).join(" or 0x")} belongs`;
