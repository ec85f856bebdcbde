/** What to do first about a problem, in one line for an alert: a check where one is known, else the first fix. */
import { NOTHING_TO_UNDO, type Remedy } from "../../verdict/remedies/remedy.ts";
import { remedyRows } from "../../verdict/remedies/remedies.ts";
import type { CheckReason } from "../../verdict/check/check-state.ts";
import type { Result } from "../../verdict/result/result.ts";
import { placeOf } from "../place-of.ts";

const PLACES: Readonly<Record<Remedy["where"], string>> = {
  server: "on the server",
  client: "on the client",
  network: "in the network",
  azure: "in Azure",
};

/**
 * One line without commands of a shell: what monitoring systems do to quotes and `$` would break them. The name
 * of a page of `rdprobe explain` stands there instead, which has them with their warnings and their undo.
 */
export const firstStep = (result: Result, { remedies = [], step }: CheckReason): string => {
  if (step !== undefined) return `first: ${step}`;
  const known = remedyRows(remedies);
  const look = known.find(({ undo }) => undo === NOTHING_TO_UNDO);
  const [fix] = known;
  if (look !== undefined) return told("check first", look);
  if (fix?.confirm.some((event) => SCHANNEL.test(event)) === true)
    return told("check first", SCHANNEL_EVENTS);
  return fix === undefined ? `first: rdprobe ${placeOf(result)} says more` : told("fix", fix);
};

/** What these events confirm is not to be changed before they were read. */
const SCHANNEL = /\b(?:3687\d|105[78])\b/;
const SCHANNEL_EVENTS: Pick<Remedy, "id" | "title" | "where"> = {
  id: "read-schannel-events",
  title: "Read the events 36870, 1057 and 1058 of the log System",
  where: "server",
};

const told = (label: string, { id, title, where }: Pick<Remedy, "id" | "title" | "where">): string =>
  `${label}, ${PLACES[where]}: ${title}: rdprobe explain ${id}`;
