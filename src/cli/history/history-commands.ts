/** The commands of a history: one part of the program, loaded together. */
export { dueCommand } from "./due-command.ts";
export { historyCommand } from "./history-command.ts";
export { storeCommand } from "./store-command.ts";
