/** The commands that read files of results or captures: one part of the program, loaded together. */
export { diffCommand } from "./diff-command.ts";
export { mergeCommand } from "./merge-command.ts";
export { pcapCommand } from "./pcap-command.ts";
export { reportCommand } from "./report-command.ts";
