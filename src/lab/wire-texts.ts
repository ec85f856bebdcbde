/** The bytes that scenarios send as they are: banners of other protocols, alerts, and what breaks a protocol. */
import { fromHex } from "../bytes/hex.ts";

const ascii = (text: string): Uint8Array => new TextEncoder().encode(text);

export const HTTP_BAD_REQUEST = ascii(
  "HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain\r\nContent-Length: 12\r\nConnection: close\r\n\r\nBad Request\n",
);
export const SSH_BANNER = ascii("SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u3\r\n");
export const SMTP_BANNER = ascii("220 mail.lab.test ESMTP Postfix\r\n");
export const FTP_BANNER = ascii("220 ProFTPD Server (lab) [127.0.0.1] FTP\r\n");
export const VNC_BANNER = ascii("RFB 003.008\n");

/** A Connection Confirm as a controller sends it: TPDU size 1024, calling and called TSAP. RFC 905 13.3.4 */
export const CONFIRM_WITH_TSAPS = fromHex("03000016 11d000010007 00 c0010a c1020100 c2020102");

/** A fatal alert in a record of TLS 1.2. RFC 5246 7.2 */
export const fatalAlert = (description: number): Uint8Array =>
  Uint8Array.of(0x15, 0x03, 0x03, 0x00, 0x02, 0x02, description);

/** A TPKT whose length is smaller than its own header. */
export const TPKT_TOO_SHORT = fromHex("03000003 0ed000001234000200080001000000");
/** A TPKT that promises 65535 bytes. */
export const TPKT_TOO_LONG = fromHex("0300ffff 0ed000001234000200080001000000");
/** A Connection Confirm of 19 bytes in a TPKT that claims 64. */
export const TPKT_DISAGREES = fromHex("03000040 0ed000001234000200080001000000");
/** The first 12 of the 19 bytes of a Connection Confirm. */
export const CONFIRM_BEGINNING = fromHex("03000013 0ed000001234 00 02");
/** A TPKT header in front of bytes that are no TPDU. */
export const TPKT_OF_GARBAGE = fromHex("03000013 0ed01badf00dff dead beef dead beef");
/** Neither TPKT nor any protocol with a name. */
export const GARBAGE = fromHex("deadbeef 8badf00d 00ff00ff a5a5a5a5 c0ffee00 facefeed");
/** An MCS Disconnect Provider Ultimatum. */
export const MCS_DISCONNECT = fromHex("0300000902f0802180");
/** What xrdp sends in one segment: a Connection Confirm, then an MCS Disconnect Provider Ultimatum. */
export const CONFIRM_AND_DISCONNECT = fromHex("0300000b06d00000123400 0300000902f0802180");

/** A Connection Confirm that selects TLS. */
const CONFIRM_TLS = fromHex("030000130ed000001234 00 021f0800 01000000");
/** The confirm and a fatal alert (internal_error) in one segment, before the client has begun TLS. */
export const CONFIRM_AND_ALERT = Uint8Array.of(...CONFIRM_TLS, ...fatalAlert(80));
/** The confirm and bytes that begin no record, in one segment. */
export const CONFIRM_AND_GARBAGE = Uint8Array.of(...CONFIRM_TLS, ...GARBAGE);
/** A ChangeCipherSpec and a record as an encrypted Finished would be, before there are any keys. */
export const CHANGE_CIPHER_SPEC_AT_ONCE = fromHex(`140303000101 1603030028${"a5".repeat(0x28)}`);

const STREAM_CHUNK_SIZE = 0x4000;
/** TPKTs of 771 bytes, one after the other, that hold no TPDU with a name. */
export const ENDLESS_TPKTS = new Uint8Array(STREAM_CHUNK_SIZE).fill(0x03);
/** A full record of HelloRequests, which a client passes over during a handshake. RFC 5246 7.4.1.1 */
export const ENDLESS_HELLO_REQUESTS = Uint8Array.from([
  ...[0x16, 0x03, 0x03, STREAM_CHUNK_SIZE >> 8, STREAM_CHUNK_SIZE & 0xff],
  ...new Uint8Array(STREAM_CHUNK_SIZE),
]);
