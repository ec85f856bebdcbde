/** [MS-RDPBCGR] 2.2.1.3.2 Client Core Data (TS_UD_CS_CORE). */
import type { Reader } from "../bytes/reader.ts";
import { Writer } from "../bytes/writer.ts";
import { readFixedUtf16, writeFixedUtf16 } from "./fixed-text.ts";
import { type BlockRest, restOf } from "./user-data-block.ts";

const CLIENT_NAME_BYTES = 32;
const IME_FILE_NAME_BYTES = 64;
const PRODUCT_ID_BYTES = 64;

/** Optional fields in their order, with their size in bytes: with one absent, all later ones are. */
const BEFORE_PRODUCT_ID = [
  ["postBeta2ColorDepth", 2],
  ["clientProductId", 2],
  ["serialNumber", 4],
  ["highColorDepth", 2],
  ["supportedColorDepths", 2],
  ["earlyCapabilityFlags", 2],
] as const;

const AFTER_PRODUCT_ID = [
  ["connectionType", 1],
  ["pad1octet", 1],
  ["serverSelectedProtocol", 4],
  ["desktopPhysicalWidth", 4],
  ["desktopPhysicalHeight", 4],
  ["desktopOrientation", 2],
  ["desktopScaleFactor", 4],
  ["deviceScaleFactor", 4],
] as const;

type OptionalNumber = (typeof BEFORE_PRODUCT_ID | typeof AFTER_PRODUCT_ID)[number][0];

/** Fields that older clients end before. */
export type ClientCoreOptions = { readonly [name in OptionalNumber]?: number } & {
  readonly clientDigProductId?: string;
};

export interface ClientCore extends ClientCoreOptions, BlockRest {
  readonly kind: "core";
  readonly version: number;
  readonly desktopWidth: number;
  readonly desktopHeight: number;
  readonly colorDepth: number;
  readonly sasSequence: number;
  readonly keyboardLayout: number;
  readonly clientBuild: number;
  /** Without the padding; up to its first NUL it is the computer's name. */
  readonly clientName: string;
  readonly keyboardType: number;
  readonly keyboardSubType: number;
  readonly keyboardFunctionKey: number;
  readonly imeFileName: string;
}

/** Reads the body of the block. */
export const readClientCore = (body: Reader): ClientCore => ({
  kind: "core",
  version: body.u32le("clientCore.version"),
  desktopWidth: body.u16le("clientCore.desktopWidth"),
  desktopHeight: body.u16le("clientCore.desktopHeight"),
  colorDepth: body.u16le("clientCore.colorDepth"),
  sasSequence: body.u16le("clientCore.sasSequence"),
  keyboardLayout: body.u32le("clientCore.keyboardLayout"),
  clientBuild: body.u32le("clientCore.clientBuild"),
  clientName: readFixedUtf16(body, CLIENT_NAME_BYTES, "clientCore.clientName"),
  keyboardType: body.u32le("clientCore.keyboardType"),
  keyboardSubType: body.u32le("clientCore.keyboardSubType"),
  keyboardFunctionKey: body.u32le("clientCore.keyboardFunctionKey"),
  imeFileName: readFixedUtf16(body, IME_FILE_NAME_BYTES, "clientCore.imeFileName"),
  ...readOptions(body),
  ...restOf(body),
});

/** @throws RangeError when a field does not fit, or comes after one that is absent. */
export const encodeClientCore = (core: ClientCore): Uint8Array => {
  const writer = new Writer()
    .u32le(core.version)
    .u16le(core.desktopWidth)
    .u16le(core.desktopHeight)
    .u16le(core.colorDepth)
    .u16le(core.sasSequence)
    .u32le(core.keyboardLayout)
    .u32le(core.clientBuild);
  writeFixedUtf16(writer, core.clientName, CLIENT_NAME_BYTES);
  writer.u32le(core.keyboardType).u32le(core.keyboardSubType).u32le(core.keyboardFunctionKey);
  writeFixedUtf16(writer, core.imeFileName, IME_FILE_NAME_BYTES);
  writeOptions(writer, core);
  return writer.bytes(core.rest ?? []).finish();
};

type Fields = typeof BEFORE_PRODUCT_ID | typeof AFTER_PRODUCT_ID;

const readOptions = (body: Reader): ClientCoreOptions => {
  const before = readNumbers(body, BEFORE_PRODUCT_ID);
  if (!before.isComplete || body.remaining < PRODUCT_ID_BYTES) return before.numbers;
  const clientDigProductId = readFixedUtf16(body, PRODUCT_ID_BYTES, "clientCore.clientDigProductId");
  return { ...before.numbers, clientDigProductId, ...readNumbers(body, AFTER_PRODUCT_ID).numbers };
};

const readNumbers = (body: Reader, fields: Fields) => {
  const numbers: { [name in OptionalNumber]?: number } = {};
  for (const [name, size] of fields) {
    if (body.remaining < size) return { numbers, isComplete: false };
    const field = `clientCore.${name}`;
    numbers[name] = size === 1 ? body.u8(field) : size === 2 ? body.u16le(field) : body.u32le(field);
  }
  return { numbers, isComplete: true };
};

const writeOptions = (writer: Writer, core: ClientCore): void => {
  let absent: string | null = null;
  const write = (name: keyof ClientCoreOptions, put: () => void): void => {
    if (core[name] === undefined) absent ??= name;
    else if (absent !== null) throw new RangeError(`clientCore: ${name} without ${absent}`);
    else put();
  };
  const writeNumbers = (fields: Fields): void => {
    for (const [name, size] of fields) {
      const value = core[name] ?? 0;
      write(name, () => {
        if (size === 1) writer.u8(value);
        else if (size === 2) writer.u16le(value);
        else writer.u32le(value);
      });
    }
  };
  writeNumbers(BEFORE_PRODUCT_ID);
  write("clientDigProductId", () => writeFixedUtf16(writer, core.clientDigProductId ?? "", PRODUCT_ID_BYTES));
  writeNumbers(AFTER_PRODUCT_ID);
};
