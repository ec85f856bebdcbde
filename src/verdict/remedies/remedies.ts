/** All remedies; what each one takes from and gives to its reader is in remedy.ts. */
import { FREERDP_REMEDIES } from "./freerdp-remedies.ts";
import { OTHER_REMEDIES } from "./other-remedies.ts";
import { type CommandTarget, type Remedy, remedyFor, type ToldRemedy } from "./remedy.ts";
import { SERVER_REMEDIES } from "./server-remedies.ts";
import { UNIX_REMEDIES } from "./unix-remedies.ts";

export const REMEDIES = [
  ...SERVER_REMEDIES,
  ...UNIX_REMEDIES,
  ...FREERDP_REMEDIES,
  ...OTHER_REMEDIES,
] as const;

export type RemedyId = (typeof REMEDIES)[number]["id"];

const BY_ID: ReadonlyMap<string, Remedy> = new Map(REMEDIES.map((row) => [row.id, row]));

/** The remedy of this id; null where there is none. */
export const remedyRow = (id: string): Remedy | null => BY_ID.get(id) ?? null;

/** The remedies of these ids, in their order; an id without one is left out. */
export const remedyRows = (ids: readonly string[]): readonly Remedy[] =>
  ids.flatMap((id) => remedyRow(id) ?? []);

/** The remedies of these ids, in their order, with commands for `target`. */
export const remediesOf = (ids: readonly RemedyId[], target: CommandTarget): readonly ToldRemedy[] =>
  remedyRows(ids).map((row) => remedyFor(row, target));
