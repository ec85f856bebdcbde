/** The programs that are told apart, what each is built on, and how people call it. */

/** `freerdp` is the library, or FreeRDP's own shadow server. */
export const SERVER_IMPLEMENTATIONS = [
  "windows",
  "xrdp",
  "freerdp",
  "gnome-remote-desktop",
  "weston",
  "krdp",
  "virtualbox",
  "hyper-v",
  "rd-gateway",
  "load-balancer",
] as const;

export type ServerImplementation = (typeof SERVER_IMPLEMENTATIONS)[number];

/** What shows both a program and what it is built on is that program. */
const BUILT_ON: Readonly<Partial<Record<ServerImplementation, ServerImplementation>>> = {
  "gnome-remote-desktop": "freerdp",
  weston: "freerdp",
  krdp: "freerdp",
  "hyper-v": "windows",
  "rd-gateway": "windows",
};

/** What the program is built on; itself where that is nothing known. */
export const foundationOf = (implementation: ServerImplementation): ServerImplementation =>
  BUILT_ON[implementation] ?? implementation;

/** Whether it is Windows, or a part of it; of a name that no row has: no. */
export const isWindowsProgram = (name: string): boolean =>
  SERVER_IMPLEMENTATIONS.some((one) => one === name && foundationOf(one) === "windows");

/** For lines of text. */
export const SERVER_NAMES: Readonly<Record<ServerImplementation, string>> = {
  windows: "Windows",
  xrdp: "xrdp",
  freerdp: "FreeRDP",
  "gnome-remote-desktop": "GNOME Remote Desktop",
  weston: "weston",
  krdp: "KRdp",
  virtualbox: "VirtualBox",
  "hyper-v": "Hyper-V's VMConnect",
  "rd-gateway": "RD Gateway",
  "load-balancer": "several machines behind a load balancer",
};

/**
 * The one program that fits all that was seen, or null: of a program and its foundation the program, of several on one
 * foundation that foundation.
 */
export const programOf = (seen: readonly ServerImplementation[]): ServerImplementation | null => {
  const named = seen.filter((one) => !seen.some((other) => other !== one && foundationOf(other) === one));
  const [first, ...others] = new Set(named);
  if (first === undefined) return null;
  if (others.length === 0) return first;
  const foundations = new Set(named.map(foundationOf));
  const [foundation] = foundations;
  return foundations.size === 1 ? (foundation ?? null) : null;
};
