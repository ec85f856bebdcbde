/** The operating system's code of an error, such as ECONNREFUSED, or null. */
export const errorCode = (error: unknown): string | null =>
  error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : null;
