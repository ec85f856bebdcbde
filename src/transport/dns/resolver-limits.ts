/** How much of the system's resolver a process has, and how long that may take. */

/** Of libuv's threads, which it makes when they are first needed; half of them may look names up. */
const THREADS = 8;
const LIBUV_THREADS = 4;
const SIZE = "UV_THREADPOOL_SIZE";

type Environment = Record<string, string | undefined>;

/** More threads than libuv's four; before any of them is used. On Windows libuv does not see what is set here. */
export const widenThreads = (env: Environment, platform: string): void => {
  if (platform !== "win32") env[SIZE] ??= String(THREADS);
};

/** Lookups that run at the same time (libuv src/threadpool.c: slow_work_thread_threshold). */
export const parallelLookups = (env: Environment, platform: string): number => {
  const given = platform === "win32" ? Number.NaN : Number.parseInt(env[SIZE] ?? "", 10);
  const threads = given >= 1 ? Math.min(given, MAX_LIBUV_THREADS) : LIBUV_THREADS;
  return Math.floor((threads + 1) / 2);
};

const MAX_LIBUV_THREADS = 1024;

/**
 * Nobody can stop a getaddrinfo, to which glibc gives 10 seconds and more: it is told to take two tries that fit the
 * time for a stage (resolv.conf(5)).
 */
export const holdResolver = (env: Environment, waitMs: number): void => {
  env["RES_OPTIONS"] ??=
    `timeout:${Math.max(1, Math.floor(waitMs / 1000 / RESOLVER_TRIES))} attempts:${RESOLVER_TRIES}`;
};

const RESOLVER_TRIES = 2;
