/** Where results go as they come: stdout, a file that grows, or a file that appears whole under its name. */
import {
  closeSync,
  fstatSync,
  ftruncateSync,
  openSync,
  readSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";
import { OutputError } from "./destination.ts";
import { reasonOf } from "./system-error.ts";
import type { Terminal } from "./terminal.ts";

export interface StreamDestination {
  /** Whether it holds results of an earlier run already. */
  readonly goesOn: boolean;
  /** One write each: what is written is whole, however the program ends. */
  write(text: string): Promise<void> | void;
  /** All is written. */
  close(): void;
  /** The program failed: a file that is not whole is taken away. */
  discard(): void;
}

export const toStdout = ({ stdout }: Terminal): StreamDestination => ({
  goesOn: false,
  write: (text) => new Promise((resolve) => stdout.write(text, () => resolve())),
  close: () => {},
  discard: () => {},
});

/**
 * A file that grows. A last line without its end is what a killed run left behind, and is cut off.
 * @param head what the file must begin with where it holds something already.
 * @throws OutputError naming the file and the system's reason.
 */
export const appendedTo = (path: string, head: string): StreamDestination => {
  const fd = told(path, () => openSync(path, "a+"));
  if (!told(path, () => beginsWith(fd, head))) {
    closeSync(fd);
    throw new OutputError(`-o, --output: ${path} holds something else already: name another file`);
  }
  const goesOn = told(path, () => cutTornLine(fd));
  return {
    goesOn,
    write: (text) => told(path, () => writeWhole(fd, text)),
    close: () => closeSync(fd),
    discard: () => closeSync(fd),
  };
};

/**
 * A file that changes from old to new in one step when it is closed, also behind a link; devices and pipes are
 * written to as they are.
 * @throws OutputError naming the file and the system's reason.
 */
export const replacing = (path: string): StreamDestination => {
  const existing = told(path, () => statSync(path, { throwIfNoEntry: false }));
  if (existing !== undefined && !existing.isFile()) {
    const fd = told(path, () => openSync(path, "w"));
    return {
      goesOn: false,
      write: (text) => told(path, () => writeWhole(fd, text)),
      close: () => closeSync(fd),
      discard: () => closeSync(fd),
    };
  }
  const file = existing === undefined ? path : told(path, () => realpathSync(path));
  const temporary = `${file}.${process.pid}.part`;
  const fd = told(path, () => openSync(temporary, "wx", existing?.mode ?? 0o666));
  return {
    goesOn: false,
    write: (text) => told(path, () => writeWhole(fd, text)),
    close: () => {
      closeSync(fd);
      told(path, () => renameSync(temporary, file));
    },
    discard: () => {
      closeSync(fd);
      rmSync(temporary, { force: true });
    },
  };
};

const told = <T>(path: string, work: () => T): T => {
  try {
    return work();
  } catch (error) {
    throw new OutputError(`-o, --output: cannot write ${path}: ${reasonOf(error)}`);
  }
};

const writeWhole = (fd: number, text: string): void => {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at);
};

/** Whether the file is empty, or begins as far as it goes with the head. */
const beginsWith = (fd: number, head: string): boolean => {
  const wanted = Buffer.from(head);
  if (wanted.length === 0 || !fstatSync(fd).isFile()) return true;
  const found = Buffer.alloc(wanted.length);
  const length = readSync(fd, found, 0, found.length, 0);
  return found.subarray(0, length).equals(wanted.subarray(0, length));
};

const LINE_FEED = 0x0a;
const BLOCK_BYTES = 64 * 1024;

/** Cuts off what stands behind the last line end, and gives whether anything is left. */
const cutTornLine = (fd: number): boolean => {
  const stats = fstatSync(fd);
  if (!stats.isFile()) return false;
  const block = Buffer.alloc(BLOCK_BYTES);
  let whole = 0;
  for (let end = stats.size; end > 0 && whole === 0; end -= BLOCK_BYTES) {
    const start = Math.max(0, end - BLOCK_BYTES);
    const length = readSync(fd, block, 0, end - start, start);
    whole = start + block.subarray(0, length).lastIndexOf(LINE_FEED) + 1;
    if (whole === start) whole = 0;
  }
  if (whole < stats.size) ftruncateSync(fd, whole);
  return whole > 0;
};
