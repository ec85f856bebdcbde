/** What the index stands on: names, IPv4 and IPv6 as pieces that are asked alike. */
import { ipv4Text, ipv6Text } from "../grammar/ip-number.ts";
import type { HostPiece } from "../order/name-shares.ts";
import type { PortSet } from "../order/port-shares.ts";
import type { Pieces } from "./range-sweep.ts";
import { endpointText, NO_PORT } from "./target-list.ts";
import type { TargetSpec } from "./target-spec.ts";

/** Pieces of one kind, numbered from 0 to `length`; each has addresses (a name counts as one) and ports. */
export interface TargetPieces {
  readonly length: number;
  /** Where in the list the piece was typed; pieces of one range share a place. */
  placeOf(piece: number): number;
  addressesOf(piece: number): bigint;
  portsOf(piece: number): readonly number[];
  /** @param step which address of the piece, from 0. */
  targetAt(piece: number, step: number | bigint, port: number): TargetSpec;
}

/** What was typed for single addresses, by place, where it is not the text that the address prints as. */
export type TypedTexts = ReadonlyMap<number, string>;

const NO_SET: PortSet = { ports: [], wasTyped: false };

export const hostPieces = (hosts: readonly HostPiece[], sets: readonly PortSet[]): TargetPieces => ({
  length: hosts.length,
  placeOf: (piece) => hosts[piece]?.place ?? 0,
  addressesOf: () => 1n,
  portsOf: (piece) => (sets[hosts[piece]?.set ?? -1] ?? NO_SET).ports,
  targetAt: (piece, _, port) => {
    const { input = "", host = "", address = null } = hosts[piece]?.listed ?? {};
    return { input, host, family: address === null ? null : 6, port };
  },
});

export const ipv4Pieces = (
  pieces: Pieces<number>,
  sets: readonly PortSet[],
  typed: TypedTexts,
): TargetPieces => rangePieces(pieces, sets, typed, 4, (start = 0, step) => ipv4Text(start + Number(step)));

export const ipv6Pieces = (
  pieces: Pieces<bigint>,
  sets: readonly PortSet[],
  typed: TypedTexts,
): TargetPieces => rangePieces(pieces, sets, typed, 6, (start = 0n, step) => ipv6Text(start + BigInt(step)));

const rangePieces = <A extends number | bigint>(
  { starts, ends, sets: setOf, places }: Pieces<A>,
  sets: readonly PortSet[],
  typed: TypedTexts,
  family: 4 | 6,
  textOf: (start: A | undefined, step: number | bigint) => string,
): TargetPieces => {
  const portSetOf = (piece: number): PortSet => sets[setOf.at(piece) ?? -1] ?? NO_SET;
  return {
    length: starts.length,
    placeOf: (piece) => places.at(piece) ?? 0,
    addressesOf: (piece) => BigInt(ends.at(piece) ?? 0) - BigInt(starts.at(piece) ?? 0),
    portsOf: (piece) => portSetOf(piece).ports,
    targetAt: (piece, step, port) => {
      const host = textOf(starts.at(piece), step);
      const asTyped = typed.size === 0 ? undefined : typed.get(places.at(piece) ?? -1);
      const input = asTyped ?? endpointText(host, portSetOf(piece).wasTyped ? port : NO_PORT);
      return { input, host, family, port };
    },
  };
};
