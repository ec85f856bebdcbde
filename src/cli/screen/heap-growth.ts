/** How far the heap of a run with much in flight may grow. */
import { setFlagsFromString } from "node:v8";

/**
 * What lives in a scan is what is in flight, and V8 would let three times that gather beside it before it looks
 * for garbage (`npm run bench:scan -- memory`).
 */
const GROWTH_PERCENT = 30;

/** From now on, for this process; it costs a third more time. */
export const keepHeapSmall = (): void => setFlagsFromString(`--heap-growing-percent=${GROWTH_PERCENT}`);
