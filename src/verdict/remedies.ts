/** All remedies; what each one takes from and gives to its reader is in remedy.ts. */
import { OTHER_REMEDIES } from "./other-remedies.ts";
import { type CommandTarget, remedyFor, type ToldRemedy } from "./remedy.ts";
import { SERVER_REMEDIES } from "./server-remedies.ts";
import { UNIX_REMEDIES } from "./unix-remedies.ts";

export const REMEDIES = [...SERVER_REMEDIES, ...UNIX_REMEDIES, ...OTHER_REMEDIES] as const;

export type RemedyId = (typeof REMEDIES)[number]["id"];

/** The remedies of these ids, in their order, with commands for `target`. */
export const remediesOf = (ids: readonly RemedyId[], target: CommandTarget): readonly ToldRemedy[] =>
  ids.flatMap((id) => REMEDIES.filter((remedy) => remedy.id === id)).map((row) => remedyFor(row, target));
