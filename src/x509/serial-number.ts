/** A serial number ([RFC 5280] 4.1.2.2) as text; broken certificates have negative ones. */
import type { DerElement } from "../bytes/der.ts";
import { toHex } from "../bytes/hex.ts";
import { integerOf } from "./field.ts";

/** Lower-case hex of the magnitude, behind a minus when it is negative. @throws UnreadableField */
export const readSerial = (element: DerElement): string => {
  const content = integerOf(element, "serialNumber");
  const isNegative = (content[0] ?? 0) >= 0x80;
  const magnitude = isNegative ? negate(content) : content;
  const start = magnitude.findIndex((byte) => byte !== 0);
  return (isNegative ? "-" : "") + toHex(start < 0 ? Uint8Array.of(0) : magnitude.subarray(start));
};

/** [X.690] 8.3: two's complement, big endian. */
const negate = (content: Uint8Array): Uint8Array => {
  const magnitude = content.map((byte) => 0xff - byte);
  for (let at = magnitude.length - 1; at >= 0; at -= 1) {
    magnitude[at] = ((magnitude[at] ?? 0) + 1) % 0x100;
    if (magnitude[at] !== 0) break;
  }
  return magnitude;
};
