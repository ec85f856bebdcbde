/** Turns at an address: whoever wants the same one waits until the one before has left it. */
import ipaddr from "ipaddr.js";

export interface AddressTurns {
  /**
   * Runs the work when the address is free. The address stays taken until what `leaving` gives has settled too.
   */
  take<T>(address: string, work: () => Promise<T>, leaving: () => Promise<void>): Promise<T>;
}

/** Holds an entry for each address that is taken, and for no other. */
export const createAddressTurns = (): AddressTurns => {
  const last = new Map<string, Promise<void>>();
  return {
    take(address, work, leaving) {
      const key = canonicalAddress(address);
      const before = last.get(key);
      const turn = before === undefined ? work() : awake(before).then(work);
      const left = turn.then(leaving, leaving).then(() => {
        if (last.get(key) === left) last.delete(key);
      });
      last.set(key, left);
      return turn;
    },
  };
};

/** Sockets that close may not keep the process alive by themselves; whoever waits for them does. */
const awake = async (before: Promise<void>): Promise<void> => {
  const timer = setInterval(() => {}, MAX_TIMER_MS);
  await before;
  clearInterval(timer);
};

const MAX_TIMER_MS = 2 ** 31 - 1;

/** One spelling an address: an IPv6 address can be written in several, and may hold an IPv4 one. */
const canonicalAddress = (address: string): string =>
  address.includes(":") ? ipaddr.process(address).toNormalizedString() : address;
