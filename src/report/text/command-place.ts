/** Where to type the commands of a remedy. */
import type { Remedy } from "../../verdict/remedies/remedy.ts";

/** Where to type, and how to get there while RDP is down. */
const PLACES: Readonly<Record<Remedy["where"], Readonly<Record<Remedy["shell"], string>>>> = {
  server: {
    powershell: "elevated PowerShell on the server (console, WinRM)",
    cmd: "elevated cmd on the server (console, WinRM)",
    bash: "a shell on the server (console, SSH)",
  },
  client: {
    powershell: "elevated PowerShell on this PC",
    cmd: "elevated cmd on this PC",
    bash: "on this PC",
  },
  network: {
    powershell: "PowerShell on this PC",
    cmd: "cmd on this PC",
    bash: "a shell on this machine",
  },
  azure: { powershell: "Azure Cloud Shell", cmd: "Azure Cloud Shell", bash: "Azure Cloud Shell" },
};

/** In words, behind "in" or "on". */
export const commandPlace = (remedy: Pick<Remedy, "where" | "shell" | "commands">): string =>
  isOurs(remedy) ? "any machine that reaches the server" : PLACES[remedy.where][remedy.shell];

/** Any machine that has rdprobe will do. */
export const isOurs = ({ commands }: Pick<Remedy, "commands">): boolean =>
  commands.every((command) => command.startsWith("rdprobe "));
