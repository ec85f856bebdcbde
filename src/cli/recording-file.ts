/** The file of `--pcap`: written as it grows, so that it is readable whenever the program ends. */
import { type FileHandle, open } from "node:fs/promises";
import { createRecording, type Recording } from "../scan/recording.ts";
import { OutputError } from "./destination.ts";
import { reasonOf } from "./system-error.ts";
import { VERSION } from "./version.ts";

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
 * @throws OutputError naming the file and the system's reason.
 */
export const openRecordingFile = async (path: string): Promise<RecordingFile> => {
  const fail = (error: unknown): never => {
    throw new OutputError(`--pcap: cannot write ${path}: ${reasonOf(error)}`);
  };
  const file: FileHandle = await open(path, "w", PRIVATE).catch(fail);
  let written: Promise<void> = Promise.resolve();
  let failure: unknown = null;
  const recording = createRecording(`rdprobe ${VERSION}`, (bytes) => {
    written = written
      .then(() => (failure === null ? writeWhole(file, bytes) : undefined))
      .catch((error: unknown) => {
        failure ??= error;
      });
  });
  return {
    recording,
    async close() {
      recording.flush();
      await written;
      await file.close();
      if (failure !== null) fail(failure);
    },
  };
};

/** It holds the secrets of our sessions. */
const PRIVATE = 0o600;

const writeWhole = async (file: FileHandle, bytes: Uint8Array): Promise<void> => {
  let at = 0;
  while (at < bytes.length) at += (await file.write(bytes, at)).bytesWritten;
};
