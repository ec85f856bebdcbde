/** Ports as users type them: `3389`, `3389,3390`, `33890-33899`. */
import { type Parsed, parsed, rejected } from "../plan/parsed.ts";
import { quoted } from "./quoted.ts";

export const DEFAULT_PORT = 3389;

const MAX_PORT = 65_535;

/** One port, 1 to 65535. */
export const parsePort = (text: string): Parsed<number> => {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  return port >= 1 && port <= MAX_PORT
    ? parsed(port)
    : rejected(`${quoted(text)} is no port: write a number from 1 to ${MAX_PORT}`);
};

/** A list of ports and ranges, each port once, in the order given. */
export const parsePorts = (text: string): Parsed<readonly number[]> => {
  const ports = new Set<number>();
  for (const part of text.split(",")) {
    const [first = "", last = first, ...rest] = part.trim().split("-");
    const from = parsePort(first);
    const to = parsePort(last);
    if (!from.ok) return from;
    if (!to.ok) return to;
    if (rest.length > 0 || to.value < from.value) {
      return rejected(`${quoted(part)} is no range of ports: write the lower one first, as in 33890-33899`);
    }
    for (let port = from.value; port <= to.value; port += 1) ports.add(port);
  }
  return parsed([...ports]);
};
