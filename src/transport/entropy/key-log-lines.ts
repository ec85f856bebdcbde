/** The key log of one connection's TLS session, where somebody records it. */

export interface KeptSecrets {
  /** Takes a line, without its end; null where nobody wants it. */
  readonly onSecret: ((line: string) => void) | null;
  /** The lines so far, in the NSS key log format. */
  keyLog(): string;
}

export const keepSecrets = (isWanted: boolean): KeptSecrets => {
  let lines = "";
  const onSecret = (line: string): void => {
    lines += `${line}\n`;
  };
  return { onSecret: isWanted ? onSecret : null, keyLog: () => lines };
};
