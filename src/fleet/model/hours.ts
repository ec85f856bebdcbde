/** The hours in which a worker may probe: `22-06`, `22:30-05:45`, several with commas, by the clock of its machine. */
import { type Parsed, parsed, rejected } from "../../targets/plan/parsed.ts";
import { quoted } from "../../targets/grammar/quoted.ts";

export interface Hours {
  /** As typed. */
  readonly text: string;
  /** @param minute of the day, from 0. */
  isOpen(minute: number): boolean;
}

const DAY_MINUTES = 1440;

const minutesOf = (text: string): number | null => {
  const match = /^(\d{1,2})(?::(\d{2}))?$/.exec(text);
  if (match === null) return null;
  const [hour, minute] = [Number(match[1]), Number(match[2] ?? 0)];
  return minute < 60 && hour * 60 + minute <= DAY_MINUTES ? hour * 60 + minute : null;
};

/** A span that ends before it begins goes over midnight. */
export const parseHours = (text: string): Parsed<Hours> => {
  const open = new Uint8Array(DAY_MINUTES);
  for (const part of text.split(",")) {
    const [first = "", last = "", ...rest] = part.trim().split("-");
    const [from, to] = [minutesOf(first), minutesOf(last)];
    if (from === null || to === null || from === to || rest.length > 0)
      return rejected(`${quoted(part)} are no hours: write 22-06 or 22:30-05:45`);
    for (let at = from % DAY_MINUTES; at !== to % DAY_MINUTES; at = (at + 1) % DAY_MINUTES) open[at] = 1;
    if (from % DAY_MINUTES === to % DAY_MINUTES) open.fill(1);
  }
  return parsed({ text, isOpen: (minute) => open[minute % DAY_MINUTES] === 1 });
};
