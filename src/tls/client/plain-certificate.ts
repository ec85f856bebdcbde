/**
 * The RSA key of a certificate that is read without OpenSSL, whose decoder takes a tenth of a millisecond over it. Read
 * is what stands in strict DER and has the form that nearly all servers' certificates have, Windows' among them (RFC
 * 5280 4.1). What is read here OpenSSL reads too; of the rest nothing is said, and OpenSSL is to be asked.
 */

/** The RSAPublicKey (RFC 8017 A.1.1); null where only OpenSSL can say what it is. */
export const readPlainRsaKey = (der: Uint8Array): Uint8Array | null => {
  const walk = new PlainDer(der);
  let key: Uint8Array | null = null;
  walk.within(TAG.sequence, () => {
    walk.within(TAG.sequence, () => {
      if (walk.isNext(TAG.explicit0)) walk.within(TAG.explicit0, () => walk.one(TAG.integer, isPositive));
      walk.one(TAG.integer, isPositive);
      algorithm(walk);
      name(walk);
      walk.within(TAG.sequence, () => {
        time(walk);
        time(walk);
      });
      name(walk);
      key = subjectPublicKey(walk);
      if (walk.isNext(TAG.explicit3)) walk.within(TAG.explicit3, () => extensions(walk));
    });
    algorithm(walk);
    walk.one(TAG.bitString, isWholeBytes);
  });
  return walk.isWhole ? key : null;
};

const TAG = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  null: 0x05,
  oid: 0x06,
  utf8String: 0x0c,
  printableString: 0x13,
  ia5String: 0x16,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31,
  explicit0: 0xa0,
  explicit3: 0xa3,
} as const;

const TEXTS = [TAG.utf8String, TAG.printableString, TAG.ia5String] as const;
const TIMES = [TAG.utcTime, TAG.generalizedTime] as const;

/** 1.2.840.113549.1.1.1 */
const RSA_ENCRYPTION = Uint8Array.of(0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01);

/** A modulus within these is one that every OpenSSL computes with. */
const MIN_MODULUS_BYTES = 64;
const MAX_MODULUS_BYTES = 1025;
const MAX_EXPONENT_BYTES = 8;

/** Steps through strict DER; the first thing that is not as it is wanted ends it. */
class PlainDer {
  readonly #bytes: Uint8Array;
  #at = 0;
  #end: number;
  #isPlain = true;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#end = bytes.length;
  }

  /** All was plain, to the last byte. */
  get isWhole(): boolean {
    return this.#isPlain && this.#at === this.#bytes.length;
  }

  get isAtEnd(): boolean {
    return !this.#isPlain || this.#at === this.#end;
  }

  isNext(tag: number): boolean {
    return this.#isPlain && this.#at < this.#end && this.#bytes[this.#at] === tag;
  }

  /** One element with this tag, of which `read` has to read all. */
  within(tag: number, read: () => void): void {
    const end = this.#open(tag);
    if (end === null) return;
    const outer = this.#end;
    this.#end = end;
    read();
    this.#end = outer;
    if (this.#at !== end) this.#isPlain = false;
  }

  /** The content of an element with this tag that is as it has to be; null otherwise. */
  one(tag: number, isPlain: (content: Uint8Array) => boolean): Uint8Array | null {
    const end = this.#open(tag);
    if (end === null) return null;
    const content = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    this.#isPlain = isPlain(content);
    return this.#isPlain ? content : null;
  }

  /** An element with one of these tags. */
  oneOf(tags: readonly number[], isPlain: (content: Uint8Array) => boolean): void {
    const tag = tags.find((known) => this.isNext(known));
    if (tag === undefined) this.#stop();
    else this.one(tag, isPlain);
  }

  /** Steps over a header whose length is written as short as can be; where its content ends. */
  #open(tag: number): number | null {
    const first = this.#bytes[this.#at + 1];
    if (!this.isNext(tag) || first === undefined) return this.#stop();
    const more = first < 0x80 ? 0 : first - 0x80;
    const start = this.#at + 2 + more;
    if (more > 2 || first === 0x80 || start > this.#end) return this.#stop();
    let length = more === 0 ? first : 0;
    for (let at = start - more; at < start; at += 1) length = length * 0x100 + (this.#bytes[at] ?? 0);
    const isShortest = more === 0 || length >= (more === 1 ? 0x80 : 0x100);
    if (!isShortest || start + length > this.#end) return this.#stop();
    this.#at = start;
    return start + length;
  }

  #stop(): null {
    this.#isPlain = false;
    return null;
  }
}

/** An OID, and NULL or nothing. */
const algorithm = (walk: PlainDer): Uint8Array | null => {
  let oid: Uint8Array | null = null;
  walk.within(TAG.sequence, () => {
    oid = walk.one(TAG.oid, isOid);
    if (walk.isNext(TAG.null)) walk.one(TAG.null, isEmpty);
  });
  return oid;
};

const name = (walk: PlainDer): void =>
  walk.within(TAG.sequence, () => {
    while (!walk.isAtEnd) walk.within(TAG.set, () => attributes(walk));
  });

const attributes = (walk: PlainDer): void => {
  do {
    walk.within(TAG.sequence, () => {
      walk.one(TAG.oid, isOid);
      walk.oneOf(TEXTS, isAscii);
    });
  } while (!walk.isAtEnd);
};

const time = (walk: PlainDer): void => walk.oneOf(TIMES, isTime);

const subjectPublicKey = (walk: PlainDer): Uint8Array | null => {
  let key: Uint8Array | null = null;
  walk.within(TAG.sequence, () => {
    const oid = algorithm(walk);
    const bits = walk.one(TAG.bitString, isWholeBytes);
    if (oid !== null && isRsaEncryption(oid) && bits !== null) key = bits.subarray(1);
  });
  return key !== null && isRsaPublicKey(key) ? key : null;
};

const isRsaPublicKey = (der: Uint8Array): boolean => {
  const walk = new PlainDer(der);
  walk.within(TAG.sequence, () => {
    walk.one(TAG.integer, isModulus);
    walk.one(TAG.integer, isExponent);
  });
  return walk.isWhole;
};

const extensions = (walk: PlainDer): void =>
  walk.within(TAG.sequence, () => {
    do {
      walk.within(TAG.sequence, () => {
        walk.one(TAG.oid, isOid);
        if (walk.isNext(TAG.boolean)) walk.one(TAG.boolean, isOneByte);
        walk.one(TAG.octetString, isAnything);
      });
    } while (!walk.isAtEnd);
  });

const isAnything = (): boolean => true;

const isEmpty = ({ length }: Uint8Array): boolean => length === 0;

const isOneByte = ({ length }: Uint8Array): boolean => length === 1;

/** No bit of the last byte is unused. */
const isWholeBytes = ([unused, first]: Uint8Array): boolean => unused === 0 && first !== undefined;

/** As short as can be, and with no sign. */
const isPositive = ([first = 0x80, second]: Uint8Array): boolean =>
  first < 0x80 && (first > 0 || second === undefined || second >= 0x80);

const isModulus = (content: Uint8Array): boolean =>
  isPositive(content) &&
  content.length >= MIN_MODULUS_BYTES &&
  content.length <= MAX_MODULUS_BYTES &&
  isOdd(content);

const isExponent = (content: Uint8Array): boolean =>
  isPositive(content) && content.length <= MAX_EXPONENT_BYTES && isOdd(content);

const isOdd = (content: Uint8Array): boolean => ((content.at(-1) ?? 0) & 1) === 1;

/** Each of its numbers is written as short as can be, and the last one is whole. */
const isOid = (content: Uint8Array): boolean => {
  let isBegun = false;
  for (const byte of content) {
    if (!isBegun && byte === 0x80) return false;
    isBegun = byte >= 0x80;
  }
  return content.length > 0 && !isBegun;
};

const isAscii = (content: Uint8Array): boolean => content.every((byte) => byte < 0x80);

/** YYMMDDHHMMSSZ or YYYYMMDDHHMMSSZ. */
const isTime = (content: Uint8Array): boolean =>
  (content.length === 13 || content.length === 15) &&
  content.at(-1) === 0x5a &&
  content.subarray(0, -1).every((byte) => byte >= 0x30 && byte <= 0x39);

const isRsaEncryption = (oid: Uint8Array): boolean =>
  oid.length === RSA_ENCRYPTION.length && oid.every((byte, index) => byte === RSA_ENCRYPTION[index]);
