/** The commands that probe: one part of the program, loaded together. */
export { probeCommand } from "./probe-command.ts";
export { watchCommand } from "./watch-command.ts";
