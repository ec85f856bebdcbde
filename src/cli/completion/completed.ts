/** What a completion script completes. */
import type { CommandModel } from "../words/command-model.ts";

export interface Completed {
  /** `rdprobe`'s commands. */
  readonly commands: readonly CommandModel[];
  /** Of a command line that names none of them. */
  readonly standard: CommandModel;
  /** `check_rdp`, which is a program of its own. */
  readonly plugin: CommandModel;
}
