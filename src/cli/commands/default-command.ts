/** The command of a command line that names none. */
export const DEFAULT_COMMAND = "probe";
