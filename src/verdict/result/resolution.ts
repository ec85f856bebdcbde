/** What the resolver gave for a name, and where it has it from as far as that can be told. */

export interface NameSources {
  /** Addresses of the name in this machine's hosts file. */
  readonly hosts: readonly string[];
  /** A and AAAA records that a DNS server gives; null where none answered. */
  readonly dns: readonly string[] | null;
  /** The aliases on the way to them (CNAME), in their order. */
  readonly aliases: readonly string[];
}

export type AddressSource = "given" | "hosts" | "dns" | "unknown";

export interface ResolutionReport extends NameSources {
  /** In the resolver's order, which is the one that a client tries. */
  readonly addresses: readonly { readonly address: string; readonly from: AddressSource }[];
}
