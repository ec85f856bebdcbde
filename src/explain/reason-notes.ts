/** What the dialog of a disconnect reason says beyond its name, in our words, and what follows from it. */

export interface ReasonNote {
  readonly what: string;
  /** Where another source than that of the list says it. */
  readonly source?: string;
}

const LOGON = "The handshake works; the account is what fails";

const DOORWAY =
  "Users report this number, mostly from Microsoft's clients for macOS and mobiles. No reliable source for its meaning was found: only pages written for search engines, which give the same list of cures for every number.";

const only = (what: string): ReasonNote => ({ what });

export const REASON_NOTES: ReadonlyMap<number, ReasonNote> = new Map([
  [
    0x3,
    only(
      "The server ended the session, or it ended while the connection was being set up. The extended code says more, where there is one: it is the server's own.",
    ),
  ],
  [
    0x4,
    {
      what: "The client knows no more than that it did not connect. Reported for a server that wants NLA where the client has no saved credentials, and with xrdp.",
      source: "windowsserverdocs issue 2931; xrdp issues 1458 and 3015; rdpwrap issue 1340",
    },
  ],
  [
    0x104,
    only("The name has no address: a typing error, another DNS suffix, or a resolver that does not answer."),
  ],
  [0x107, { what: "No error: the session ended as it should.", source: "Rackspace's article on event 1026" }],
  [
    0x108,
    only("No answer came in time. In the handshake: a filter, a host that is off, or a server that hangs."),
  ],
  [0x10a, only("The smart card service of this PC does not run. Start it, or choose a password.")],
  [
    0x204,
    only(
      "The TCP connection could not be made: Remote Desktop is off, the host is off, or a filter refuses or drops it.",
    ),
  ],
  [0x207, only(DOORWAY)],
  [0x20a, only("No smart card reader was found at this PC.")],
  [0x304, only("The connection was lost to a network error while the client sent.")],
  [0x30a, only("There is no card in the smart card reader of this PC.")],
  [0x40a, only("The smart card subsystem of this PC failed.")],
  [0x4b4, only(DOORWAY)],
  [
    0x506,
    only("Client and server have no encryption method of Standard RDP Security in common. In decimal 1286."),
  ],
  [0x507, only(DOORWAY)],
  [0x516, only(`${DOORWAY} Decimal 516 is another number: 0x204.`)],
  [0x607, only(DOORWAY)],
  [0x704, only("A step of the connection's sequence took too long.")],
  [0x707, only(DOORWAY)],
  [
    0x708,
    only(
      "You already have a console session in progress from this PC to itself or to that computer: the target is often the client's own name or address.",
    ),
  ],
  [0x807, only("The logon failed: user name or password. The handshake works.")],
  [
    0x808,
    only("The licence protocol ended in an error: ask for the licence server, and not for the network."),
  ],
  [0x907, only("The server showed another certificate than the client expected.")],
  [0x908, only("The licence protocol took too long.")],
  [0xa07, only(`${LOGON}: the user name does not exist. Check its spelling and its domain.`)],
  [0xb04, only("An error prevented the connection; the dialog does not say which.")],
  [0xb07, only(`${LOGON}: it is disabled. An administrator can enable it.`)],
  [
    0xb08,
    {
      what: "An internal error, as the dialog has it; no list names its cause.",
      source: "mRemoteNG issue 54",
    },
  ],
  [
    0xb09,
    only(
      "The server demands Network Level Authentication, and CredSSP is off in the client or missing there.",
    ),
  ],
  [0xc07, only(`${LOGON}: a restriction forbids it, such as an empty password, logon hours or a policy.`)],
  [0xd07, only(`${LOGON}: it is locked out after too many attempts. Wait, or have it unlocked.`)],
  [
    0xd09,
    only(
      "A policy of the client demands the password in the Windows Security dialog, which the server cannot take.",
    ),
  ],
  [0xe06, only("The server demands FIPS encryption of Standard RDP Security, which the client lacks.")],
  [0xe07, only(`${LOGON}: it has expired.`)],
  [0xe09, only("The server does not support Restricted Admin mode (/restrictedAdmin).")],
  [0xf07, only(`${LOGON}: its password has expired, and with NLA it cannot be changed at the logon.`)],
  [
    0xf08,
    only("A policy of the client forbids to send these credentials to this server (credential delegation)."),
  ],
  [0x1007, only(`${LOGON}: it may not log on at this hour.`)],
  [0x1008, only("The PC of the client is short of video memory.")],
  [
    0x1104,
    {
      what: "The dialog 'Because of a protocol error detected at the client': the client did not understand what the server sent in the session. The number is one of the range of Set Error Info values.",
      source: "rdpwrap issue 363 and serverfault 224950 quote the dialog",
    },
  ],
  [0x1107, only(`${LOGON}: it may not log on from this PC.`)],
  [
    0x1207,
    only(
      `${LOGON}: its password must be changed first, and with NLA it cannot be at the logon. Change it elsewhere.`,
    ),
  ],
  [0x1307, only(`${LOGON}: it lacks the right to log on over the network, or over Remote Desktop.`)],
  [0x1607, only("A policy forbids to delegate these credentials to the server.")],
  [0x1707, only("A policy forbids to delegate credentials where NTLM alone proves the server.")],
  [
    0x1807,
    only(
      "No domain controller can be reached to check the logon; client or server may be the one that cannot.",
    ),
  ],
  [
    0x1b07,
    only(
      "The certificate of the server is expired or not valid, or the clocks differ: mstsc's own text for it. Where the renewal got stuck half-way, 0x904 is reported as well.",
    ),
  ],
  [0x1c07, only("The PIN of the smart card is wrong.")],
  [0x1d07, only("The clocks of client and server differ too much for Kerberos to prove the server.")],
  [0x1f04, only(DOORWAY)],
  [0x2107, only("The server takes no saved credentials: type the password.")],
  [0x2207, only("The smart card is blocked; its issuer can unblock it.")],
  [0x2407, only(DOORWAY)],
]);
