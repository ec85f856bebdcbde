/** The readers of TLS, each told whole by what it says at the end. */
import { HandshakeStream } from "../../../src/tls/wire/handshake-stream.ts";
import { KeyLog } from "../../../src/tls/decrypt/key-log.ts";
import { readClientFlight } from "../../../src/tls/wire/client-flight.ts";
import { RecordStream } from "../../../src/tls/wire/record-stream.ts";
import { createServerFlightReader } from "../../../src/tls/wire/server-flight.ts";
import { growing } from "./decoder.ts";
import type { Read, Subject } from "./law.ts";
import type { Random } from "./random.ts";
import {
  clientFlight,
  damaged,
  type Flight,
  flightBytes,
  joined,
  perhapsDamaged,
  recorded,
  serverFlight,
} from "./wire.ts";

/** All records, each fragment kept as it was lent until all are read. */
const readRecords: Read = (pieces) => {
  const stream = new RecordStream();
  const records: unknown[] = [];
  for (const piece of pieces) {
    stream.append(piece);
    let next = stream.next();
    for (; next.status === "done"; next = stream.next()) {
      records.push({ ...next.value, fragment: next.value.fragment.slice() });
    }
    if (next.status === "bad") return { records, fault: next.fault };
  }
  return { records, fault: null };
};

const readMessages: Read = (pieces) => {
  const records = new RecordStream();
  const stream = new HandshakeStream();
  const messages: unknown[] = [];
  for (const piece of pieces) {
    records.append(piece);
    for (let record = records.next(); record.status === "done"; record = records.next()) {
      stream.append(record.value);
      let next = stream.next();
      for (; next.status === "done"; next = stream.next()) {
        const { type, body, placed } = next.value;
        messages.push({
          type,
          body,
          last: placed({ field: "", offset: body.length - 1, reason: "" }).offset,
        });
      }
      if (next.status === "bad") return { messages, fault: next.fault };
    }
  }
  return { messages, fault: null };
};

const readFlight: Read = (pieces) => {
  const reader = createServerFlightReader();
  for (const piece of pieces) reader.receive(piece);
  return reader.flight();
};

/** What a flight says, wherever its records are cut. */
const readFlightContent: Read = (pieces) => {
  const reader = createServerFlightReader();
  for (const piece of pieces) reader.receive(piece);
  const { sizeBytes, fault, ...content } = reader.flight();
  return { ...content, fault: fault?.field ?? null };
};

const readClient: Read = growing(readClientFlight, ({ hello, alert, fault }) => [hello, alert, fault]);

export const recordsSubject = (random: Random): Subject => ({
  bytes: perhapsDamaged(serverBytes(random), random),
  read: readRecords,
});

export const messagesSubject = (random: Random): Subject => ({
  bytes: perhapsDamaged(serverBytes(random), random),
  read: readMessages,
});

/** The same flight in records of other sizes, or a flight that is damaged. */
export const serverFlightSubject = (random: Random): Subject => {
  if (random.oneIn(3)) return { bytes: damaged(serverBytes(random), random), read: readFlight };
  if (random.oneIn(3)) return { bytes: serverBytes(random), read: readFlight };
  return inOtherRecords(serverFlight(random), random, readFlightContent);
};

export const clientFlightSubject = (random: Random): Subject => {
  if (random.oneIn(3)) return { bytes: damaged(clientBytes(random), random), read: readClient };
  return { bytes: clientBytes(random), read: readClient };
};

const inOtherRecords = (flight: Flight, random: Random, read: Read): Subject => ({
  bytes: flightBytes(flight, random),
  also: flightBytes(flight, random),
  read,
});

const serverBytes = (random: Random): Uint8Array =>
  random.oneIn(2) ? recorded(random, "server", "behind") : flightBytes(serverFlight(random), random);

const clientBytes = (random: Random): Uint8Array =>
  random.oneIn(2)
    ? recorded(random, "client", "behind").subarray(0, 4000)
    : flightBytes(clientFlight(random), random);

const LABELS = [
  "CLIENT_RANDOM",
  "CLIENT_HANDSHAKE_TRAFFIC_SECRET",
  "SERVER_HANDSHAKE_TRAFFIC_SECRET",
  "CLIENT_TRAFFIC_SECRET_0",
  "SERVER_TRAFFIC_SECRET_0",
  "EXPORTER_SECRET",
] as const;

/** A key log takes whole lines: those of a piece, its last one when it is whole. */
export const keyLogSubject = (random: Random): Subject => {
  const sessions = Array.from({ length: random.between(1, 5) }, () => random.bytes(32));
  const [first = random.bytes(32), ...rest] = sessions;
  const lines = Array.from({ length: random.between(1, 30) }, () => {
    const secret = random.bytes(random.pick([32, 48, 48, 31, 65]));
    const line = `${random.pick(LABELS)} ${hex(random.pick([first, ...rest]))} ${hex(secret)}`;
    return random.oneIn(5) ? "# a comment" : line;
  });
  const text = lines.join(random.pick(["\n", "\r\n"])) + random.pick(["", "\n"]);
  return {
    bytes: perhapsDamaged(joined([Buffer.from(text)]), random),
    read: (pieces) => {
      const keyLog = new KeyLog();
      let torn = "";
      for (const piece of pieces) {
        const text = torn + Buffer.from(piece).toString("latin1");
        const end = text.lastIndexOf("\n") + 1;
        keyLog.add(text.slice(0, end));
        torn = text.slice(end);
      }
      keyLog.add(torn);
      return sessions.map((session) => keyLog.secretsOf(session));
    },
  };
};

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");
