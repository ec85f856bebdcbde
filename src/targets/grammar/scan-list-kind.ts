/** Whether a file of targets is what another scanner wrote. */

export type ScanListKind = "nmap" | "masscan";

/** What a file is by its first line that is not blank; null for a plain list. */
export const scanListKind = (line: string): ScanListKind | null => {
  if (/^\uFEFF?\s*<(?:\?xml|!DOCTYPE nmaprun|nmaprun|!--)/i.test(line)) return "nmap";
  return /^\uFEFF?\s*(?:\[\s*(?:\{.*)?|\{.*)$/.test(line) ? "masscan" : null;
};
