/** What a worker needs of what lies between it and the centre. */
import type { Block } from "./model/block.ts";
import type { DoneMessage, FailedMessage, Heartbeat, RowsMessage } from "./model/worker-messages.ts";

/** A block handed to this worker, until it is acknowledged, given back, or not extended for as long as the ack-wait. */
export interface Delivery {
  /** Null for what is no block that this version reads. */
  readonly block: Block | null;
  /** This one counted. */
  readonly deliveries: number;
  /** Asks for the whole ack-wait again. @throws where the centre did not confirm it. */
  extend(): Promise<void>;
  /** All of it is stored. @throws where the centre did not confirm it. */
  acknowledge(): Promise<void>;
  /** Another worker may have it, after a while. */
  giveBack(delayMs: number): void;
  /** Nobody is to have it again. */
  setAside(): void;
}

export interface WorkerPort {
  /** The next block of the segment; null where none came in time, or the signal aborted. */
  next(waitMs: number, signal: AbortSignal): Promise<Delivery | null>;
  /** @throws where the centre did not confirm that it is stored. */
  rows(scan: string, message: RowsMessage, id: string): Promise<void>;
  done(scan: string, message: DoneMessage, id: string): Promise<void>;
  failed(scan: string, message: FailedMessage, id: string): Promise<void>;
  /** Not waited for. */
  alive(heartbeat: Heartbeat): void;
}
