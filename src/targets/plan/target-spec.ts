/** One target of a scan: a host and a port. */
export interface TargetSpec {
  /**
   * What one would type to get this target alone: a name or a single address as it was typed; an address
   * out of a range as the address, with the port where the range named one.
   */
  readonly input: string;
  readonly host: string;
  /** The family of a literal address; null for a name. */
  readonly family: 4 | 6 | null;
  readonly port: number;
}
