/** What each finding says, for people who meet its code in a result. */
import type { StageName } from "../verdicts.ts";

export interface FindingNote {
  readonly code: string;
  readonly stage: StageName;
  readonly what: string;
}

const note = (stage: StageName, code: string, what: string): FindingNote => ({ code, stage, what });

export const FINDING_NOTES: readonly FindingNote[] = [
  note(
    "dns",
    "rdp-file-value-invalid",
    "a setting of the .rdp file has a type or value that mstsc does not read",
  ),
  note("dns", "rdp-file-setting-twice", "the .rdp file has a setting twice, with different values"),
  note(
    "dns",
    "rdp-file-alternate-address",
    "the .rdp file's alternate full address is another computer than its full address",
  ),
  note(
    "tcp",
    "rdp-file-port-differs",
    "the .rdp file's server port is another one than its full address has",
  ),
  note("dns", "rdp-file-signature-incomplete", "the .rdp file has a signature without signscope"),
  note("negotiation", "rdp-file-token-not-sent", "the .rdp file's loadbalanceinfo does not fit a request"),
  note(
    "tcp",
    "rdp-file-gateway",
    "the .rdp file goes through an RD Gateway; what lies behind it is not known",
  ),
  note("dns", "rdp-file-gateway-missing", "the .rdp file demands an RD Gateway and names none that could be"),
  note("negotiation", "rdp-file-nla-off", "the .rdp file does not offer NLA (enablecredsspsupport:i:0)"),
  note(
    "negotiation",
    "rdp-file-negotiation-off",
    "the .rdp file does not negotiate the security layer and begins with NLA",
  ),
  note(
    "certificate",
    "rdp-file-authentication-strict",
    "the .rdp file connects only where the certificate is trusted (authentication level:i:1)",
  ),
  note(
    "negotiation",
    "rdp-file-entra",
    "the .rdp file signs in by Microsoft Entra ID (enablerdsaadauth:i:1)",
  ),
  note(
    "credssp",
    "rdp-file-kdc-proxy",
    "the .rdp file's Kerberos goes through a KDC proxy, which is not probed",
  ),
  note(
    "certificate",
    "rdp-file-redirection-name",
    "the .rdp file uses the name of a redirection to verify the server",
  ),
  note("dns", "rdp-gateway-not-found", "the name of the .rdp file's RD Gateway has no address"),
  note("tcp", "rdp-gateway-not-answering", "the .rdp file's RD Gateway does not answer as one"),
  note(
    "certificate",
    "rdp-gateway-certificate",
    "the certificate of the .rdp file's RD Gateway is one that mstsc refuses",
  ),
  note("tcp", "rdp-gateway-answers", "the .rdp file's RD Gateway answers and asks for credentials"),
  note("tcp", "capture-starts-late", "the capture begins after the TCP handshake"),
  note("tcp", "capture-gap", "the capture misses bytes: what follows them could not be read"),
  note(
    "tcp",
    "reset-without-effect",
    "a reset in the server's name took no effect: something on the way forges resets",
  ),
  note(
    "tcp",
    "related-connection",
    "another captured connection of the same client and server, close to this one",
  ),
  note(
    "tcp",
    "seen-through-proxy",
    "the ending came through a proxy, which passes a reset and a close on alike",
  ),
  note("dns", "addresses-differ", "a name works at one of its addresses and fails at another"),
  note("dns", "hosts-file-differs-from-dns", "this machine's hosts file and DNS disagree on the name"),
  note("tls", "works-by-address-fails-by-name", "the server is answered by address, and not by name"),
  note(
    "tls",
    "path-mtu",
    "the largest packet that passes on the way to the server is smaller than both ends believe",
  ),
  note("tls", "path-size-to-server", "large packets reach the server: its answer is lost on the way back"),
  note("tcp", "comes-and-goes", "some of many probes fail, and others do not"),
  note("tcp", "fails-after-idle-time", "what fails came after a longer pause"),
  note("tcp", "fails-under-load", "what fails came in quick succession"),
  note("tcp", "fails-at-first", "the first probes fail, and the later ones do not"),
  note("tcp", "fails-in-turn", "every second, third or later probe fails, in turn"),
  note("certificate", "several-machines", "one address is answered by several machines"),
  note("certificate", "farm-member-bad", "some of the machines behind one address fail"),
  note("tcp", "packets-lost", "connections that needed a SYN retransmission, were aborted or got no answer"),
  note("negotiation", "behind-proxy", "the captured handshake comes after a proxy's own"),
  note("negotiation", "unrequested-protocol", "the server selects a layer that was not asked for"),
  note(
    "negotiation",
    "unknown-negotiation-flags",
    "the negotiation response sets flags that no specification names",
  ),
  note(
    "negotiation",
    "nla-not-settled",
    "the request for TLS alone ended without an answer, so NLA is not settled",
  ),
  note(
    "negotiation",
    "layer-not-answered",
    "a request for one security layer is dropped while others are answered",
  ),
  note("negotiation", "standard-security-accepted", "the server also takes Standard RDP Security"),
  note("negotiation", "standard-security-used", "the captured client asked for Standard RDP Security alone"),
  note("negotiation", "routing-changes-answer", "cookie or routing token change who answers"),
  note("negotiation", "routing-without-effect", "cookie or routing token change nothing that shows"),
  note("tls", "bytes-before-client-hello", "bytes followed the Connection Confirm before TLS had begun"),
  note(
    "tls",
    "tls-not-completed",
    "rdprobe's own TLS library would not finish a handshake that the server took part in",
  ),
  note("tls", "tls-version-old", "the server's best offer is a deprecated TLS version"),
  note("tls", "cipher-suite-weak", "the server chooses a cipher suite that is broken or withdrawn"),
  note(
    "tls",
    "cipher-suite-weak-accepted",
    "the server accepts a broken or withdrawn cipher suite where a client offers nothing else",
  ),
  note("tls", "secrets-do-not-fit", "the TLS secrets that were given do not open all of the capture"),
  note("tls", "ended-behind-tls", "TLS is established, and then the server says nothing inside it"),
  note("certificate", "certificate-not-readable", "parts of the certificate could not be read"),
  note(
    "certificate",
    "certificate-name-mismatch",
    "the certificate is for another name than the one that was probed",
  ),
  note(
    "certificate",
    "certificate-not-for-this-computer",
    "the certificate's name is not the one that the computer calls itself",
  ),
  note("certificate", "certificate-expires-soon", "the certificate ends within the days that were set"),
  note(
    "certificate",
    "windows-certificate-not-renewed",
    "Windows' own certificate is past its end: its renewal fails",
  ),
  note("certificate", "certificate-key-refused", "the key is shorter than mstsc takes"),
  note("certificate", "certificate-key-short", "the key is shorter than what is considered safe"),
  note("certificate", "certificate-hash-weak", "the certificate is signed with a broken hash"),
  note("certificate", "certificate-not-for-servers", "the extended key usage lacks server authentication"),
  note("certificate", "certificate-key-usage", "the key usage lacks what the negotiated key exchange needs"),
  note("certificate", "chain-out-of-order", "the certificates do not follow one another"),
  note("certificate", "chain-incomplete", "the server does not send its issuer's certificate"),
  note(
    "certificate",
    "chain-too-long",
    "the certificates are longer than Windows clients accept, or close to it",
  ),
  note("certificate", "certificate-differs-between-connections", "one address shows different certificates"),
  note(
    "certificate",
    "certificate-differs-between-addresses",
    "the addresses of one name show different certificates",
  ),
  note(
    "certificate",
    "certificate-fell-back",
    "a self-signed certificate answers where an issued one answers too: Windows falls back to its own",
  ),
  note("certificate", "judged-at-capture-time", "dates are held against the time of the capture"),
  note("credssp", "credssp-unpatched", "the server's CredSSP is older than the fix of CVE-2018-0886"),
  note("credssp", "kerberos-only", "the server chooses Kerberos where NTLM was not seen"),
  note("credssp", "ntlm-challenge-unread-part", "parts of the NTLM challenge could not be read"),
  note("credssp", "clock-skew", "the server's clock is more than five minutes off this machine's"),
  note("credssp", "logon-refused", "the captured client's logon was refused"),
  note("credssp", "os-version-not-from-windows", "the version is what the server's NTLM library claims"),
  note("mcs", "requested-protocols-rewritten", "something on the way rewrites the request"),
  note("mcs", "mcs-not-answered", "the server selects a layer and does not take the Connect-Initial"),
  note("mcs", "standard-security-unencrypted", "Standard RDP Security without any encryption"),
  note("mcs", "weak-encryption-method", "Standard RDP Security with keys of 40 or 56 bits"),
  note(
    "mcs",
    "standard-security-certificate-not-readable",
    "the certificate of Standard RDP Security cannot be read",
  ),
  note("mcs", "standard-security-weak-key", "the key of Standard RDP Security is short"),
  note(
    "mcs",
    "encryption-method-not-offered",
    "the server encrypts with a method that the client did not offer",
  ),
];
