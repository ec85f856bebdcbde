/** Pieces of the list behind one index: which host and port stands at a number, found by bisection. */
import { ascending } from "./ascending.ts";
import { countUpTo } from "./count-up-to.ts";
import { ipv4Text, ipv6Text } from "./ip-number.ts";
import type { HostPiece } from "./name-shares.ts";
import { fitsNumbers } from "./permutation.ts";
import type { PortSet } from "./port-shares.ts";
import type { Pieces } from "./range-sweep.ts";
import { endpointText, NO_PORT } from "./target-list.ts";
import type { TargetSpec } from "./target-spec.ts";

export interface PlacedPieces {
  readonly ipv4: Pieces<number>;
  readonly ipv6: Pieces<bigint>;
  readonly hosts: readonly HostPiece[];
  /** The sets of ports that the pieces name by index. */
  readonly sets: readonly PortSet[];
  /** By place: what was typed for a single address, where it is not the text that the address prints as. */
  readonly typed: ReadonlyMap<number, string>;
}

export interface TargetIndex {
  readonly count: bigint;
  /** @throws RangeError where the index is not below `count`. */
  at(index: number | bigint): TargetSpec;
}

/** Puts the pieces into the order typed, those of one range by address. */
export const indexTargets = (pieces: PlacedPieces): TargetIndex => {
  const { members, kinds } = inOrderTyped(pieces);
  const sets = members.map((member, slot) => setOf(pieces, kinds[slot], member));
  const portsAt = (slot: number): readonly number[] => pieces.sets[sets[slot] ?? 0]?.ports ?? [];

  const sizes = (slot: number): bigint =>
    addressesOf(pieces, kinds[slot], members[slot] ?? 0) * BigInt(portsAt(slot).length);
  let count = 0n;
  for (let slot = 0; slot < members.length; slot += 1) count += sizes(slot);

  const targetOf = (slot: number, step: number | bigint, port: number): TargetSpec => {
    const member = members[slot] ?? 0;
    const isTyped = pieces.sets[sets[slot] ?? 0]?.wasTyped === true;
    const kind = kinds[slot];
    if (kind === HOST) {
      const listed = pieces.hosts[member]?.listed;
      const { host = "", input = "", address = null } = listed ?? {};
      return { input, host, family: address === null ? null : 6, port };
    }
    const host =
      kind === 4
        ? ipv4Text((pieces.ipv4.starts[member] ?? 0) + Number(step))
        : ipv6Text((pieces.ipv6.starts[member] ?? 0n) + BigInt(step));
    const place = (kind === 4 ? pieces.ipv4 : pieces.ipv6).places[member] ?? 0;
    const input = pieces.typed.get(place) ?? endpointText(host, isTyped ? port : NO_PORT);
    return { input, host, family: kind === 4 ? 4 : 6, port };
  };

  return { count, at: fitsNumbers(count) ? numberLookup() : bigintLookup() };

  function numberLookup(): TargetIndex["at"] {
    const offsets = new Float64Array(members.length);
    let offset = 0;
    for (let slot = 0; slot < members.length; slot += 1) {
      offsets[slot] = offset;
      offset += Number(sizes(slot));
    }
    return (index) => {
      const at = checked(Number(index), offset);
      const slot = countUpTo(offsets, at) - 1;
      const ports = portsAt(slot);
      const rest = at - (offsets[slot] ?? 0);
      const step = ports.length === 1 ? rest : Math.floor(rest / ports.length);
      return targetOf(slot, step, ports[rest - step * ports.length] ?? 0);
    };
  }

  function bigintLookup(): TargetIndex["at"] {
    const offsets: bigint[] = [];
    let offset = 0n;
    for (let slot = 0; slot < members.length; slot += 1) {
      offsets.push(offset);
      offset += sizes(slot);
    }
    return (index) => {
      const at = checked(BigInt(index), offset);
      const slot = countUpTo(offsets, at) - 1;
      const ports = portsAt(slot);
      const rest = at - (offsets[slot] ?? 0n);
      const step = rest / BigInt(ports.length);
      return targetOf(slot, step, ports[Number(rest % BigInt(ports.length))] ?? 0);
    };
  }
};

const HOST = 0;

const checked = <N extends number | bigint>(index: N, count: N): N => {
  if (index >= 0 && index < count && (typeof index === "bigint" || Number.isInteger(index))) return index;
  throw new RangeError(`target ${index} of ${count}`);
};

const setOf = ({ ipv4, ipv6, hosts }: PlacedPieces, kind: number | undefined, member: number): number =>
  (kind === HOST ? hosts[member]?.set : (kind === 4 ? ipv4 : ipv6).sets[member]) ?? 0;

const addressesOf = ({ ipv4, ipv6 }: PlacedPieces, kind: number | undefined, member: number): bigint => {
  if (kind === HOST) return 1n;
  if (kind === 4) return BigInt((ipv4.ends[member] ?? 0) - (ipv4.starts[member] ?? 0));
  return (ipv6.ends[member] ?? 0n) - (ipv6.starts[member] ?? 0n);
};

/** Where each piece stands among those of its kind (HOST, 4 or 6), as columns in the order typed. */
const inOrderTyped = ({
  ipv4,
  ipv6,
  hosts,
}: PlacedPieces): { readonly kinds: Uint8Array; readonly members: Uint32Array } => {
  const queues = [
    { kind: HOST, places: hosts.map(({ place }) => place) },
    { kind: 4, places: ipv4.places },
    { kind: 6, places: ipv6.places },
  ].map(({ kind, places }) => ({ kind, places, order: ascending(places), next: 0 }));
  const length = queues.reduce((total, { places }) => total + places.length, 0);
  const kinds = new Uint8Array(length);
  const members = new Uint32Array(length);
  for (let slot = 0; slot < length; slot += 1) {
    let first: (typeof queues)[number] | undefined;
    let least = Number.POSITIVE_INFINITY;
    for (const queue of queues) {
      const place = queue.places[queue.order[queue.next] ?? -1] ?? Number.POSITIVE_INFINITY;
      if (place < least) [first, least] = [queue, place];
    }
    if (first === undefined) break;
    kinds[slot] = first.kind;
    members[slot] = first.order[first.next] ?? 0;
    first.next += 1;
  }
  return { kinds, members };
};
