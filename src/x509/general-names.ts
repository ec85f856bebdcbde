/** GeneralNames, the value of subjectAltName ([RFC 5280] 4.2.1.6). */
import type { DerElement } from "../bytes/der.ts";
import { toHex } from "../bytes/hex.ts";
import { readName } from "./distinguished-name.ts";
import { contentOf, membersOf, oidOf, oidText, textOf, UnreadableField } from "./field.ts";
import { formatIpAddress } from "./ip-address.ts";

/** The parts of an identifier octet ([X.690] 8.1.2). */
const CLASS = 0xc0;
const CONTEXT = 0x80;
const NUMBER = 0x1f;

const MAX_NAMES = 10_000;

/** Texts such as `DNS:host`, `IP:192.0.2.7`. @throws UnreadableField when a name is malformed. */
export const readGeneralNames = (names: DerElement): readonly string[] => {
  const members = membersOf(names, "GeneralNames");
  if (members.length > MAX_NAMES) throw new UnreadableField(`more than ${MAX_NAMES} names`);
  return members.map(readGeneralName);
};

const readGeneralName = (name: DerElement): string => {
  const text = (): string => textOf(name, "GeneralName");
  if ((name.tag & CLASS) !== CONTEXT) throw new UnreadableField("no context-specific tag for GeneralName");
  const number = name.tag & NUMBER;
  switch (number) {
    case 0:
      return `otherName:${oidOf(membersOf(name, "otherName")[0], "type-id")}`;
    case 1:
      return `email:${text()}`;
    case 2:
      return `DNS:${text()}`;
    case 4:
      return `dirName:${directoryName(name)}`;
    case 6:
      return `URI:${text()}`;
    case 7:
      return `IP:${ipAddress(contentOf(name, "iPAddress"))}`;
    case 8:
      return `RID:${oidText(contentOf(name, "registeredID"), "registeredID")}`;
    default:
      return `[${number}]:#${toHex(name.der)}`;
  }
};

const directoryName = (name: DerElement): string => {
  const [directory] = membersOf(name, "directoryName");
  if (directory === undefined) throw new UnreadableField("no name in directoryName");
  return readName(directory).text;
};

const ipAddress = (bytes: Uint8Array): string => {
  const text = formatIpAddress(bytes);
  if (text === null) throw new UnreadableField(`${bytes.length} bytes for iPAddress`);
  return text;
};
