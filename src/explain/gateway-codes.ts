/**
 * What mstsc reports of an RD Gateway: numbers from 0x3000001 on, as a table. Microsoft's list (TechNet wiki 37870)
 * is gone from the web; what is left are copies of it in open sources.
 */

export interface GatewayCode {
  readonly code: number;
  readonly name: string;
  /** What the dialog says, in our words; null where nobody wrote it down. */
  readonly what: string | null;
}

const row = (code: number, name: string, what: string | null): GatewayCode => ({ code, name, what });

export const GATEWAY_SOURCE =
  "TechNet wiki 37870, as Xpra's client copied it (win32 rdp error codes); Microsoft has no page on it any more";

const CERTIFICATE = "the gateway's certificate";

export const GATEWAY_CODES: readonly GatewayCode[] = [
  row(0x3000001, "gateway: user name or password", "user name or password are not valid"),
  row(
    0x3000002,
    "gateway: revocation list",
    `${CERTIFICATE} cannot be checked: no revocation list is reached`,
  ),
  row(
    0x3000003,
    "gateway: certificate",
    `${CERTIFICATE} has another name, is expired or revoked, or its authority is not trusted`,
  ),
  row(0x3000004, "gateway: certificate revoked", `${CERTIFICATE} was revoked`),
  row(0x3000005, "gateway: identity", "the identity of the gateway cannot be verified"),
  row(0x3000006, "gateway: name", `${CERTIFICATE} has another name than the address that was asked for`),
  row(0x3000007, "gateway: certificate expired", `${CERTIFICATE} is expired or revoked`),
  row(0x3000008, "gateway: error of the computer", "an error occurred on the computer behind the gateway"),
  row(0x3000009, "gateway: sending failed", "sending to the gateway failed: it or the network is down"),
  row(0x300000a, "gateway: receiving failed", "receiving from the gateway failed: it or the network is down"),
  row(0x300000b, "gateway: other logon", "the gateway wants another method of logon"),
  row(0x300000c, "gateway: unreachable", "the gateway's address is wrong or cannot be reached"),
  row(0x300000d, "gateway: unavailable", "the gateway is not available for the moment"),
  row(0x300000e, "gateway: client component", "a part of the client is missing or of a wrong version"),
  row(0x300000f, "gateway: resources", "the gateway is short of resources"),
  row(0x3000010, "gateway: rpcrt4.dll", "the client's rpcrt4.dll is of a wrong version"),
  row(0x3000011, "gateway: smart card service", "the client has no smart card service"),
  row(0x3000012, "gateway: smart card removed", "the smart card was removed"),
  row(0x3000013, "gateway: no smart card", "no smart card is there"),
  row(0x3000014, "gateway: smart card removed (2)", "the smart card was removed"),
  row(0x3000015, "gateway: user name or password (2)", "user name or password are not valid"),
  row(0x3000017, "gateway: security package", "a security package failed in the transport"),
  row(0x3000018, "gateway: ended", "the gateway ended the connection"),
  row(
    0x3000019,
    "gateway: ended by its administrator",
    "the gateway's administrator ended the connection; Rackspace met it beside event 36870 on the gateway",
  ),
  row(0x300001a, "gateway: credentials", "the credentials are wrong, or the smart card was not recognised"),
  row(
    0x300001b,
    "gateway: resource policy",
    "the resource authorization policy (RAP) has not this user or this computer; also where it expects the full name and got a short one",
  ),
  row(
    0x300001c,
    "gateway: connection policy",
    "the connection authorization policy (CAP) has not this user or this client, or not this way to authenticate",
  ),
  row(0x300001f, "gateway: restricted", "an administrator has restricted access to the gateway"),
  row(0x3000020, "gateway: web proxy", "a web proxy on the way wants authentication"),
  row(0x3000021, "gateway: password expired", "the password has expired or must be changed"),
  row(0x3000022, "gateway: full", "the gateway has as many connections as it may"),
  row(0x3000023, "gateway: request", "the gateway does not support the request"),
  row(0x3000024, "gateway: capability", "the client lacks a capability of the gateway's"),
  row(0x3000025, "gateway: incompatible", "gateway and client are not compatible"),
  row(0x3000026, "gateway: credentials (2)", "the credentials are not valid; a smart card is asked for"),
  row(0x3000027, "gateway: access protection", "the client does not meet Network Access Protection"),
  row(0x3000028, "gateway: no certificate", "the gateway has no certificate configured"),
  row(0x3000029, "gateway: not allowed", "a policy of the client does not allow this gateway"),
  row(
    0x300002a,
    "gateway: access protection (2)",
    "the client does not meet Network Access Protection, or the gateway's certificate is no good",
  ),
  row(
    0x300002b,
    "gateway: wants a password",
    "the gateway wants a user name and a password, and no smart card",
  ),
  row(0x300002c, "gateway: wants a smart card", "the gateway wants a smart card"),
  row(0x300002d, "gateway: no reader", "no smart card reader is there"),
  row(0x300002f, "gateway: firewall", "a firewall on the way wants credentials, and there are none"),
  row(0x3000030, "gateway: firewall (2)", "a firewall on the way refused the credentials"),
  row(0x3000047, "gateway: 0x3000047", null),
  row(0x3000050, "gateway: 0x3000050", null),
  row(0x300005f, "gateway: 0x300005f", null),
  row(0x3000064, "gateway: 0x3000064", null),
];
