/** GeneralNames, the value of subjectAltName ([RFC 5280] 4.2.1.6). */
import type { Asn1 } from "node-forge/lib/asn1.js";
import { toHex } from "../bytes/hex.ts";
import { readName } from "./distinguished-name.ts";
import {
  contentOf,
  encodeField,
  isContext,
  membersOf,
  oidOf,
  oidText,
  textOf,
  UnreadableField,
} from "./field.ts";
import { formatIpAddress } from "./ip-address.ts";

const MAX_NAMES = 10_000;

/** Texts such as `DNS:host`, `IP:192.0.2.7`. @throws UnreadableField when a name is malformed. */
export const readGeneralNames = (names: Asn1): readonly string[] => {
  const members = membersOf(names, "GeneralNames");
  if (members.length > MAX_NAMES) throw new UnreadableField(`more than ${MAX_NAMES} names`);
  return members.map(readGeneralName);
};

const readGeneralName = (name: Asn1): string => {
  const text = (): string => textOf(name, "GeneralName");
  if (!isContext(name, name.type)) throw new UnreadableField("no context-specific tag for GeneralName");
  switch (Number(name.type)) {
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
      return `RID:${oidText(textOf(name, "registeredID"), "registeredID")}`;
    default:
      return `[${name.type}]:#${toHex(encodeField(name))}`;
  }
};

const directoryName = (name: Asn1): string => {
  const [directory] = membersOf(name, "directoryName");
  if (directory === undefined) throw new UnreadableField("no name in directoryName");
  return readName(directory).text;
};

const ipAddress = (bytes: Uint8Array): string => {
  const text = formatIpAddress(bytes);
  if (text === null) throw new UnreadableField(`${bytes.length} bytes for iPAddress`);
  return text;
};
