/** The commands that speak to NATS: one part of the program, loaded together. */
export { collectCommand } from "./collect-command.ts";
export { fleetCommand } from "./fleet-command.ts";
export { schedulerCommand } from "./scheduler-command.ts";
export { submitCommand } from "./submit-command.ts";
export { workerCommand } from "./worker-command.ts";
