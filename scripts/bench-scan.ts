/**
 * `npm run bench:scan`: the long proofs of scans, each with its bar; `npm run bench` ends with all of them.
 *
 *   npm run bench:scan [-- memory|linear|faults|kills|silent|cores ...]      (default: all)
 */
import { proveScans } from "./bench/scan-proofs.ts";

await proveScans(process.argv.slice(2));
