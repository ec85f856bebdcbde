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
import { isNamedPipe, writeNamedPipe } from "../../transport/named-pipe.ts";
import { expectNoDisk, expectOwn, foreign, type NamedFile, unwritable } from "./own-file.ts";
import { OutputError } from "./output-error.ts";
import type { Terminal } from "../screen/terminal.ts";

export interface StreamDestination {
  /** Whether it holds results of an earlier run already. */
  readonly goesOn: boolean;
  /** One write each: what is written is whole, however the program ends. */
  write(text: string): Promise<void> | void;
  /** All is written. */
  close(): Promise<void> | void;
  /** The program failed: a file that is not whole is taken away. */
  discard(): void;
}

export const toStdout = ({ stdout }: Terminal): StreamDestination => ({
  goesOn: false,
  write: (text) => new Promise((resolve) => stdout.write(text, () => resolve())),
  close: () => {},
  discard: () => {},
});

/** How a file of one form is known from a foreign one. */
export interface FileForm {
  /** What the whole of it begins with, if anything is. */
  readonly head: string;
  /** What is in no other file's beginning; every line of a form without a head begins with it. */
  readonly mark: string;
}

/**
 * A file that grows; one that has rows, only where `goesOn` says that they are to be added to. A last line without its end is what a killed run left behind, and is cut off. Nothing is
 * written into a file, and nothing cut off, that is not known to be of this form.
 * @throws OutputError naming the file and the system's reason.
 */
export const appendedTo = (
  path: string,
  form: FileForm,
  goesOn: boolean,
  signal?: AbortSignal,
): StreamDestination => {
  if (isNamedPipe(path)) return piped({ path }, signal);
  const told = telling({ path });
  told(() => expectNoDisk({ path }));
  const fd = told(() => openSync(path, "a+"));
  const close = closing(fd);
  try {
    if (!goesOn && told(() => isOwn(fd, form) && hasRows(fd, form))) {
      throw new OutputError(
        `-o, --output: ${path} has rows already: --append adds to them, --resume ${path} goes on where they end; or name another file`,
      );
    }
    const left = told(() => (isOwn(fd, form) ? cutTornLine(fd, form) : "foreign"));
    if (left === "foreign") {
      throw foreign({ path });
    }
    return {
      goesOn: left === "rows",
      write: (text) => told(() => writeWhole(fd, text)),
      close: () => told(close),
      discard: close,
    };
  } catch (error) {
    close();
    throw error;
  }
};

/**
 * A file that changes from old to new in one step when it is closed, also behind a link; devices and pipes are
 * written to as they are.
 * @throws OutputError naming the file and the system's reason.
 */
export const replacing = (named: NamedFile, signal?: AbortSignal): StreamDestination => {
  const { path } = named;
  if (isNamedPipe(path)) return piped(named, signal);
  const told = telling(named);
  expectOwn(named);
  const existing = told(() => statSync(path, { throwIfNoEntry: false }));
  if (existing !== undefined && !existing.isFile()) {
    const fd = told(() => openSync(path, "w"));
    const close = closing(fd);
    return {
      goesOn: false,
      write: (text) => told(() => writeWhole(fd, text)),
      close: () => told(close),
      discard: close,
    };
  }
  const file = existing === undefined ? path : told(() => realpathSync(path));
  const temporary = `${file}.${process.pid}.part`;
  const fd = told(() => openSync(temporary, "wx", existing?.mode ?? 0o666));
  const close = closing(fd);
  let isInPlace = false;
  return {
    goesOn: false,
    write: (text) => told(() => writeWhole(fd, text)),
    close: () =>
      told(() => {
        close();
        expectOwn(named);
        renameSync(temporary, file);
        isInPlace = true;
      }),
    discard: () => {
      close();
      if (!isInPlace) rmSync(temporary, { force: true });
    },
  };
};

/** Waits for a reader, and for one that is slow; the signal ends the waiting. */
const piped = (named: Omit<NamedFile, "kind">, signal: AbortSignal | undefined): StreamDestination => {
  const pipe = writeNamedPipe(named.path, signal);
  const fail = (error: unknown): never => {
    throw unwritable(named, error);
  };
  return {
    goesOn: false,
    write: (text) => pipe.write(Buffer.from(text)).catch(fail),
    close: () => pipe.close().catch(fail),
    discard: () => pipe.destroy(),
  };
};

/** Closes once, however often it is called. */
const closing = (fd: number): (() => void) => {
  let isOpen = true;
  return () => {
    if (!isOpen) return;
    isOpen = false;
    closeSync(fd);
  };
};

/** What fails in the system is said of the file. */
const telling =
  (named: Omit<NamedFile, "kind">) =>
  <T>(work: () => T): T => {
    try {
      return work();
    } catch (error) {
      throw error instanceof OutputError ? error : unwritable(named, error);
    }
  };

const writeWhole = (fd: number, text: string): void => {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at);
};

const MARK_BYTES = 3;

/** Whether the file is empty, or begins as this form does: marked, and with the head as far as it goes. */
const isOwn = (fd: number, { head, mark }: FileForm): boolean => {
  const stats = fstatSync(fd);
  if (!stats.isFile() || stats.size === 0) return true;
  const found = Buffer.alloc(MARK_BYTES + Math.max(Buffer.byteLength(head), Buffer.byteLength(mark)));
  const text = found
    .subarray(0, readSync(fd, found, 0, found.length, 0))
    .toString()
    .replace(/^\uFEFF/, "");
  // What went through an editor or a version control may have bare line feeds.
  const begun = withLineFeeds(text);
  const wanted = withLineFeeds(head).replace(/^\uFEFF/, "");
  return begun.startsWith(mark) && (begun.startsWith(wanted) || wanted.startsWith(begun));
};

/** Whether anything stands behind the head. */
const hasRows = (fd: number, { head }: FileForm): boolean => {
  const { size } = fstatSync(fd);
  return size > Buffer.byteLength(head) + MARK_BYTES;
};

const withLineFeeds = (text: string): string => text.replaceAll("\r\n", "\n").replace(/\r$/, "");

const LINE_FEED = 0x0a;
const BLOCK_BYTES = 64 * 1024;

/** Cuts off what stands behind the last line end, where it can be the half of a row, and gives what is left. */
const cutTornLine = (fd: number, form: FileForm): "rows" | "nothing" | "foreign" => {
  const stats = fstatSync(fd);
  if (!stats.isFile()) return "nothing";
  const block = Buffer.alloc(BLOCK_BYTES);
  let whole = 0;
  for (let end = stats.size; end > 0 && whole === 0; end -= BLOCK_BYTES) {
    const start = Math.max(0, end - BLOCK_BYTES);
    const length = readSync(fd, block, 0, end - start, start);
    whole = start + block.subarray(0, length).lastIndexOf(LINE_FEED) + 1;
    if (whole === start) whole = 0;
  }
  if (whole < stats.size) {
    if (!isTornRow(fd, whole, form)) return "foreign";
    ftruncateSync(fd, whole);
  }
  return whole > 0 ? "rows" : "nothing";
};

/** Whether what begins there can be a row that was cut; behind a head anything can. */
const isTornRow = (fd: number, at: number, { head, mark }: FileForm): boolean => {
  if (head !== "") return true;
  const found = Buffer.alloc(Buffer.byteLength(mark));
  const text = found.subarray(0, readSync(fd, found, 0, found.length, at)).toString();
  return mark.startsWith(text);
};
