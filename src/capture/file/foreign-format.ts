/** Files that are no capture that is read, recognised by their first bytes, and what makes one of them. */

interface ForeignFormat {
  readonly name: string;
  /** Where the bytes stand; 0 where it is not said. */
  readonly at?: number;
  /** In hex, `..` for any byte. */
  readonly bytes: string;
  /** What to do about it, with `in` and `out` for the files. */
  readonly remedy: string;
}

const EDITCAP = "convert it with: editcap -F pcapng in out";

/** In the order in which they are tried. */
const FOREIGN_FORMATS: readonly ForeignFormat[] = [
  { name: "gzip", bytes: "1f8b", remedy: "decompress it with: gzip -d in" },
  { name: "zstd", bytes: "28b52ffd", remedy: "decompress it with: zstd -d in" },
  { name: "xz", bytes: "fd377a585a00", remedy: "decompress it with: xz -d in" },
  { name: "bzip2", bytes: "425a68", remedy: "decompress it with: bzip2 -d in" },
  { name: "lz4", bytes: "04224d18", remedy: "decompress it with: lz4 -d in out" },
  { name: "a zip archive", bytes: "504b0304", remedy: "take the capture out with: unzip in" },
  { name: "a 7z archive", bytes: "377abcaf271c", remedy: "take the capture out with: 7z x in" },
  // SYSTEM_TRACE_HEADER behind the 72 bytes of the first buffer's header, of 32 and of 64 bits.
  {
    name: "a Windows event trace (.etl)",
    at: 72,
    bytes: "020001c0",
    remedy: "convert it with: pktmon etl2pcap in (or etl2pcapng for netsh trace)",
  },
  {
    name: "a Windows event trace (.etl)",
    at: 72,
    bytes: "020002c0",
    remedy: "convert it with: pktmon etl2pcap in (or etl2pcapng for netsh trace)",
  },
  { name: "a capture of IXIA", bytes: "1c0001ac", remedy: EDITCAP },
  { name: "a capture of IXIA", bytes: "1c0001ab", remedy: EDITCAP },
  { name: "a capture of IXIA", bytes: "ac01001c", remedy: EDITCAP },
  { name: "a capture of IXIA", bytes: "ab01001c", remedy: EDITCAP },
  { name: "a capture of NetXray or Sniffer for Windows", bytes: "58435000", remedy: EDITCAP },
  { name: "a capture of NetXray", bytes: "564c0000", remedy: EDITCAP },
  { name: "a capture of Sniffer for DOS", bytes: "5452534e494646206461746120202020", remedy: EDITCAP },
  { name: "a capture of 5Views", bytes: "aaaaaaaa", remedy: EDITCAP },
  { name: "a capture of Visual Networks", bytes: "05564e46", remedy: EDITCAP },
  { name: "a capture of LANalyzer", bytes: "01104c0001", remedy: EDITCAP },
  { name: "a capture of LANalyzer", bytes: "0710", remedy: EDITCAP },
  { name: "a capture of OmniPeek (tagged)", bytes: "7f766572", remedy: EDITCAP },
  { name: "a capture of Observer", bytes: "4f627365727665725061636b6574427566666572", remedy: EDITCAP },
  { name: "a capture of Observer", bytes: "4f62736572766572506b74427566666572", remedy: EDITCAP },
  { name: "a capture of iptrace", bytes: "697074726163652031", remedy: EDITCAP },
  { name: "a capture of iptrace", bytes: "697074726163652032", remedy: EDITCAP },
  { name: "a capture of nettl", bytes: "5452006400", remedy: EDITCAP },
  { name: "a capture of nettl", bytes: "00000001000000000007d000", remedy: EDITCAP },
  { name: "a capture of Tektronix K12", bytes: "0000020012051000", remedy: EDITCAP },
  { name: "a capture of Tektronix K12", bytes: "0000020012050010", remedy: EDITCAP },
  { name: "K12 text", bytes: "2b2d2d2d2d2d2d2d2d2d2b2d", remedy: EDITCAP },
  { name: "a trace of NetScaler", bytes: "............4e65747363616c6572", remedy: EDITCAP },
  { name: "a capture of Capsa", bytes: "637073650001", remedy: EDITCAP },
  { name: "a Bluetooth log (btsnoop)", bytes: "6274736e6f6f7000", remedy: "it carries no IP" },
];

/** So many of a file's first bytes tell what it is. */
export const RECOGNISED_BYTES = 76;

/** Says what a file is that is not read, and what to do about it: `is gzip: ...`; null where nobody knows. */
export const describeForeignFormat = (head: Uint8Array): string | null => {
  const format = FOREIGN_FORMATS.find(({ at = 0, bytes }) => startsWith(head.subarray(at), bytes));
  return format === undefined ? null : `is ${format.name}, which is not read: ${format.remedy}`;
};

const startsWith = (head: Uint8Array, hex: string): boolean => {
  if (head.length < hex.length / 2) return false;
  for (let at = 0; at < hex.length; at += 2) {
    const byte = hex.slice(at, at + 2);
    if (byte !== ".." && head[at / 2] !== Number.parseInt(byte, 16)) return false;
  }
  return true;
};
