/** The file of `--pcap`: written as it grows, so that it is readable whenever the program ends. */
import { constants, type FileHandle, open } from "node:fs/promises";
import { isNamedPipe, writeNamedPipe } from "../../transport/named-pipe.ts";
import { createRecording, type Recording } from "../../scan/one/recording.ts";
import { expectNoDisk, expectOwnDescriptor, unwritable } from "./own-file.ts";
import { OutputError } from "./output-error.ts";
import { VERSION } from "../version.ts";

export interface RecordingFile {
  readonly recording: Recording;
  /**
   * Writes what is left and waits until all is out.
   * @throws OutputError naming the file and the system's reason.
   */
  close(): Promise<void>;
}

/**
 * Opens the file, empty but for its header.
 * @param signal ends the waiting for who reads a named pipe.
 * @throws OutputError naming the file and the system's reason.
 */
export const openRecordingFile = async (path: string, signal?: AbortSignal): Promise<RecordingFile> => {
  const named = { path, argument: ARGUMENT };
  const file = isNamedPipe(path)
    ? writeNamedPipe(path, signal)
    : await openPrivate(path).then(ofHandle, (error: unknown) => {
        throw error instanceof OutputError ? error : unwritable(named, error);
      });
  let written: Promise<void> = Promise.resolve();
  let failure: unknown = null;
  const recording = createRecording(`rdprobe ${VERSION}`, (bytes) => {
    written = written
      .then(() => (failure === null ? file.write(bytes) : undefined))
      .catch((error: unknown) => {
        failure ??= error;
      });
  });
  return {
    recording,
    async close() {
      recording.flush();
      await written;
      await file.close().catch((error: unknown) => {
        failure ??= error;
      });
      if (failure !== null) throw unwritable(named, failure);
    },
  };
};

const ARGUMENT = "--pcap";

/** It holds the secrets of our sessions: for its owner alone, also where the file was there before. */
const PRIVATE = 0o600;
const ANYBODY_ELSE = 0o077;

/** Devices and pipes are written to as they are. */
const openPrivate = async (path: string): Promise<FileHandle> => {
  expectNoDisk({ path, argument: ARGUMENT });
  // Read as well, to see whose it is.
  const file = await open(path, constants.O_RDWR | constants.O_CREAT, PRIVATE);
  try {
    expectOwnDescriptor(file.fd, { path, kind: "recording", argument: ARGUMENT });
    const stats = await file.stat();
    if (!stats.isFile()) return file;
    if ((stats.mode & ANYBODY_ELSE) !== 0 && process.platform !== "win32") await file.chmod(PRIVATE);
    await file.truncate();
    return file;
  } catch (error) {
    await file.close();
    throw error;
  }
};

const ofHandle = (file: FileHandle) => ({
  async write(bytes: Uint8Array): Promise<void> {
    let at = 0;
    while (at < bytes.length) at += (await file.write(bytes, at)).bytesWritten;
  },
  close: () => file.close(),
});
