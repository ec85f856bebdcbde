/** All that is fuzzed, a row each. */
import type { FuzzTarget } from "../target.ts";
import { PROBE_TARGET } from "./conversations.ts";
import { DECODER_TARGETS, NTLM_TARGETS } from "./decoders.ts";
import { EXPORTER_TARGET } from "./exporter.ts";
import { FILE_TARGETS } from "./files.ts";
import { READER_TARGETS } from "./readers.ts";

export const FUZZ_TARGETS: readonly FuzzTarget[] = [
  ...DECODER_TARGETS,
  ...NTLM_TARGETS,
  ...READER_TARGETS,
  ...FILE_TARGETS,
  PROBE_TARGET,
  EXPORTER_TARGET,
];
