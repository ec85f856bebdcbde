/** Every reader of a stream in pieces, as the law of pieces lists them: whatever comes, a cut changes nothing. */
import { readsAlike } from "../../laws/pieces/law.ts";
import { PIECE_READERS } from "../../laws/pieces/readers.ts";
import { randomOfCase } from "../../laws/pieces/random.ts";
import { expectThat, type FuzzTarget } from "../target.ts";

/** Subjects that a reader is taken of: some differ in more than their bytes. */
const SUBJECTS = 24;

export const READER_TARGETS: readonly FuzzTarget[] = PIECE_READERS.map(({ name, source, subject }) => {
  const read = (number: number) => subject(randomOfCase(1, name, number % SUBJECTS));
  return {
    name: `pieces-${name.replaceAll(" ", "-")}`,
    source,
    form:
      name.includes("der") || name === "spnego" || name === "tsrequest"
        ? "der"
        : name.includes("key log")
          ? "text"
          : "records",
    maxBytes: 8192,
    seeds: () =>
      Array.from({ length: SUBJECTS }, (_, number) =>
        Uint8Array.of(number, ...read(number).bytes.subarray(0, 8000)),
      ),
    run: (input) => {
      const [number = 0, cut = 0] = input;
      const bytes = input.subarray(1);
      // No piece at all is no cut of anything.
      if (bytes.length === 0) return;
      expectThat(
        readsAlike(read(number).read, bytes, randomOfCase(cut, name, bytes.length)),
        "a cut changes what is read",
      );
    },
  };
});
