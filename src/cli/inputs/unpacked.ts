/** The bytes of a file that may be compressed, chunk by chunk. */
import { compressionOf, wholeStart } from "./compressions.ts";
import type { Unpacker } from "./gzip-members.ts";
import { InputError } from "./input-error.ts";

/**
 * What gzip or zstd hides, and all else as it is.
 * @throws InputError naming the source, where the compressed bytes are damaged or this Node cannot unpack them.
 */
export async function* unpacked(
  chunks: AsyncIterable<Uint8Array>,
  source: string,
): AsyncGenerator<Uint8Array> {
  const found: Uint8Array[] = [];
  let unpack: Unpacker | null = null;
  let name = "";
  let isFirst = true;
  for await (const chunk of wholeStart(chunks)) {
    if (isFirst) {
      const compression = compressionOf(chunk);
      if (compression !== null) {
        name = compression.name;
        // A chunk is used again once it was handed out.
        unpack = compression.unpacker((bytes) => void found.push(bytes.slice()));
        if (unpack === null)
          throw new InputError(`${source}: this Node cannot read ${name}: unpack it first`);
      }
    }
    isFirst = false;
    if (unpack === null) {
      yield chunk;
      continue;
    }
    const goesOn = await unpack.write(chunk);
    yield* found.splice(0);
    if (!goesOn) break;
  }
  if (unpack === null) return;
  const damage = await unpack.end(false);
  yield* found.splice(0);
  if (damage !== null) throw new InputError(`${source}: ${name}: ${damage}`);
}
