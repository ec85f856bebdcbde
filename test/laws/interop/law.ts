/**
 * The law of interoperation: with every server, our client comes to the version, suite, group and certificate that
 * OpenSSL's client comes to with the same offer, and fails where it fails.
 */
import { isDeepStrictEqual } from "node:util";
import { Random } from "../damage/random.ts";
import { type ChainFolder, makeChains } from "./certificates.ts";
import { type Seen, seenByNode, seenByUs } from "./clients.ts";
import { fitsKey, type HelloOffer, OFFERS, offerName } from "./hellos.ts";
import { type ServerSetup, SETUPS, type Stack, setupName, startSetup } from "./servers.ts";

interface StackCounts {
  cases: number;
  /** Both came through, up to the answer to a request. */
  connected: number;
  /** Both failed. */
  failed: number;
  disagreed: number;
}

export interface InteropReport {
  readonly cases: number;
  readonly stacks: ReadonlyMap<Stack, StackCounts>;
  /** For people: the server, the offer, what each saw. */
  readonly disagreements: readonly string[];
  /** Each version that both came through with, and how often. */
  readonly versions: ReadonlyMap<number, number>;
}

export interface InteropOptions {
  /** Shared out among the servers. */
  readonly cases: number;
  readonly seed: number;
  readonly setups?: readonly ServerSetup[];
}

/** Servers that run at once. */
const CONCURRENCY = 4;
/** Of the offers, how many no server with such a key can take. */
const MISFITS = 0.08;

/** @throws Error where a server does not start */
export const runInteropLaw = async (options: InteropOptions): Promise<InteropReport> => {
  const { cases, seed, setups = SETUPS } = options;
  const chains = await makeChains();
  const stacks = new Map<Stack, StackCounts>();
  const versions = new Map<number, number>();
  const disagreements: string[] = [];
  const record = (setup: ServerSetup, offer: HelloOffer, ours: Seen, theirs: Seen): void => {
    const counts = stacks.get(setup.stack) ?? { cases: 0, connected: 0, failed: 0, disagreed: 0 };
    stacks.set(setup.stack, counts);
    counts.cases += 1;
    if (!agree(setup, ours, theirs)) {
      counts.disagreed += 1;
      disagreements.push(
        `${setupName(setup)} / ${offerName(offer)}: ours ${JSON.stringify(ours)}, OpenSSL ${JSON.stringify(theirs)}`,
      );
    } else if (ours.connected) {
      counts.connected += 1;
      const version = ours.negotiated?.version ?? 0;
      versions.set(version, (versions.get(version) ?? 0) + 1);
    } else counts.failed += 1;
  };
  const waiting = [...setups.entries()];
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [index, setup] = next;
      const share =
        Math.floor(((index + 1) * cases) / setups.length) - Math.floor((index * cases) / setups.length);
      await runSetup(setup, chains, offersFor(setup, share, seed + index), record);
    }
  };
  try {
    await Promise.all(Array.from({ length: CONCURRENCY }, work));
  } finally {
    chains.remove();
  }
  return { cases, stacks, versions, disagreements };
};

type Recorder = (setup: ServerSetup, offer: HelloOffer, ours: Seen, theirs: Seen) => void;

const runSetup = async (
  setup: ServerSetup,
  chains: ChainFolder,
  offers: readonly HelloOffer[],
  record: Recorder,
): Promise<void> => {
  const server = await startSetup(setup, chains);
  try {
    for (const offer of offers) {
      const theirs = await seen(() => seenByNode(server.port, offer));
      record(setup, offer, await seen(() => seenByUs(server.port, offer)), theirs);
    }
  } finally {
    await server.stop();
  }
};

/** How often a connection is made that ends in a time-out. */
const ATTEMPTS = 3;

/**
 * NSS's selfserv now and then lets a connection lie that it accepted, whoever connects. A time-out that does not come
 * again says nothing of the handshake; one that stays is what was seen.
 */
const seen = async (connect: () => Promise<Seen>): Promise<Seen> => {
  let last = await connect();
  for (let attempt = 1; attempt < ATTEMPTS && last.end === "time-out"; attempt += 1) last = await connect();
  return last;
};

/** In an order of the seed's, no offer twice before all were had. */
const offersFor = ({ key }: ServerSetup, count: number, seed: number): readonly HelloOffer[] => {
  const random = new Random(seed);
  const shuffled = (offers: readonly HelloOffer[]): readonly HelloOffer[] =>
    offers
      .map((offer) => ({ offer, at: random.fraction() }))
      .toSorted((a, b) => a.at - b.at)
      .map(({ offer }) => offer);
  const misfits = Math.floor(count * MISFITS);
  const fitting = shuffled(OFFERS.filter((offer) => fitsKey(offer, key)));
  const others = shuffled(OFFERS.filter((offer) => !fitsKey(offer, key)));
  return [...fitting.slice(0, count - misfits), ...others.slice(0, misfits)];
};

const agree = ({ chainLength }: ServerSetup, ours: Seen, theirs: Seen): boolean =>
  ours.connected === theirs.connected &&
  isDeepStrictEqual(ours.negotiated, theirs.negotiated) &&
  (ours.chainLength === null || ours.chainLength === chainLength);
