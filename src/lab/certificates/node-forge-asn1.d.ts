/**
 * Types of node-forge's ASN.1 file on its own. The package's index loads all of forge, which costs a start
 * of the program 25 ms; this file alone costs none that can be measured.
 */
declare module "node-forge/lib/asn1.js" {
  import type { asn1 } from "node-forge";

  /** What `fromDer` of node-forge 1.4 takes and @types/node-forge does not know. */
  interface FromDerOptions {
    readonly strict?: boolean;
    readonly parseAllBytes?: boolean;
    readonly decodeBitStrings?: boolean;
    readonly maxDepth?: number;
  }

  export type Asn1 = asn1.Asn1;

  const forge: Omit<typeof asn1, "fromDer"> & {
    fromDer(bytes: string, options?: FromDerOptions): Asn1;
  };
  export default forge;
}
