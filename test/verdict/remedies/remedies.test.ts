import { describe, expect, it } from "vitest";
import { REMEDIES, remediesOf } from "../../../src/verdict/remedies/remedies.ts";
import { EXAMPLE_TARGET, NOTHING_TO_UNDO, remedyFor } from "../../../src/verdict/remedies/remedy.ts";

const FILLED = REMEDIES.map((row) => remedyFor(row, EXAMPLE_TARGET));
const COMMANDS = FILLED.flatMap(({ id, commands }) => commands.map((command) => [id, command] as const));

/** What takes something away or writes a setting. */
const CHANGES =
  /\b(Remove-Item|Set-ItemProperty|Rename-Item|reg delete|reg add|Enable-TlsCipherSuite|adduser|make-ssl-cert|openssl req|sed -i|chown|chmod|systemctl restart|\/grant)\b/;
const READS =
  /\b(Get-|test -r|openssl x509 -noout|icacls \S+$|reg (query|export)|\/save|Resolve-|Test-|Find-|qwinsta|grep |grdctl status|ps -o|ls -l|systemctl status|nft list|w32tm \/query)/;

describe("the commands of the remedies", () => {
  it.each(COMMANDS)(
    "%s: %s is one line in plain characters, without a gap to fill in brackets",
    (_id, command) => {
      expect(command).toMatch(/^[\x20-\x7e]+$/);
      expect(command).not.toMatch(/<[a-z-]+>|\{(host|port|endpoint)\}/);
      expect((command.match(/"/g) ?? []).length % 2).toBe(0);
      expect((command.match(/'/g) ?? []).length % 2).toBe(0);
    },
  );

  it.each(FILLED)("$id looks before it changes anything", ({ commands }) => {
    const firstChange = commands.findIndex((command) => CHANGES.test(command));
    expect(firstChange === -1 || READS.test(commands[0] ?? "")).toBe(true);
    expect(firstChange).not.toBe(0);
  });

  it("name the services as Windows does", () => {
    const services = COMMANDS.flatMap(([, command]) =>
      [...command.matchAll(/-Service ([A-Z][A-Za-z, ]+?)(?= [|-]|$)/g)].flatMap(([, names = ""]) =>
        names.split(", ").map((name) => name.trim()),
      ),
    );
    expect(new Set(services)).toEqual(
      new Set(["TermService", "SessionEnv", "CertPropSvc", "KeyIso", "CryptSvc"]),
    );
  });

  it("save a key of the registry before they delete from it or add to Schannel's", () => {
    for (const { commands } of FILLED) {
      const deletes = commands.findIndex((command) => command.startsWith("reg delete"));
      if (deletes >= 0)
        expect(commands.slice(0, deletes).some((line) => line.startsWith("reg export"))).toBe(true);
    }
  });
});

describe("every remedy", () => {
  it.each(FILLED)(
    "$id has steps, commands, an undo and what confirms it",
    ({ steps, commands, undo, confirm }) => {
      expect(steps.length * commands.length * confirm.length).toBeGreaterThan(0);
      expect(undo).not.toBe("");
    },
  );

  it("of MachineKeys goes from the gentle to the rough: icacls, the RDP container alone, the folder with a warning", () => {
    const [icacls, container, folder] = remediesOf(
      ["machine-keys-permissions", "replace-rdp-key-container", "rename-machine-keys"],
      EXAMPLE_TARGET,
    );
    expect(icacls?.commands.filter((command) => /icacls|takeown/.test(command))).toEqual(
      icacls?.commands.filter((command) => command.includes("f686aace6942fb7f7ceb231212eef4a4_*")),
    );
    expect(container?.commands.join()).toContain("f686aace6942fb7f7ceb231212eef4a4_*");
    expect(folder).toMatchObject({
      risk: "high",
      steps: [expect.stringMatching(/^WARNING: /), expect.anything()],
    });
  });
});

/** What the review of the advice found harmful, as laws of every remedy. */
describe("no remedy", () => {
  it("grants anything recursively, or by an English name", () => {
    for (const [, command] of COMMANDS) {
      expect(command).not.toMatch(/\/t\b.*\/grant|\/grant.*\/t\b/);
      expect(command).not.toMatch(/BUILTIN|NT AUTHORITY|Everyone/);
    }
  });

  it("has a gap to be filled in a line that changes something", () => {
    for (const { fix } of FILLED) expect(fix.join("\n")).not.toMatch(/THUMBPRINT|YOUR|XXX/);
  });

  it("deletes SSLCertificateSHA1Hash, and each that reads it by WMI reads its type", () => {
    for (const { commands } of FILLED) {
      const text = commands.join("\n");
      expect(text).not.toMatch(/reg delete.*SSLCertificateSHA1Hash/);
      if (text.includes("Win32_TSGeneralSetting")) expect(text).toContain("SSLCertificateSHA1HashType");
    }
  });

  it("writes a setting that Group Policy has too without reading Group Policy first", () => {
    for (const id of ["enable-rdp", "raise-security-layer", "enable-cipher-suites"]) {
      const remedy = FILLED.find((row) => row.id === id);
      expect(remedy?.check[0]).toContain("SOFTWARE\\Policies");
    }
  });

  it("changes something among its checks, and says who is cut off by its fix", () => {
    for (const { check, fix, undo, cutsYourSession, disconnectsUsers } of FILLED) {
      for (const command of check) expect(command).not.toMatch(CHANGES);
      if (undo === NOTHING_TO_UNDO) expect(fix).toEqual([]);
      if (/Restart-Service TermService|Restart-Computer/.test(fix.join()))
        expect({ cutsYourSession, disconnectsUsers }).toEqual({
          cutsYourSession: true,
          disconnectsUsers: true,
        });
    }
  });

  it("for xrdp is of Windows, and the other way round", () => {
    for (const { shell, platform, commands } of FILLED) {
      if (platform === "xrdp") expect(shell).toBe("bash");
      if (platform === "windows") expect(commands.join()).not.toContain("/etc/");
    }
  });
});

describe("the server in a command", () => {
  const commandFor = (host: string, port = 3390): string =>
    remediesOf(["check-front-device"], { host, port })[0]?.commands[1] ?? "";

  it.each([
    ["rdp.example", "rdprobe rdp.example:3390 -v"],
    ["192.0.2.7", "rdprobe 192.0.2.7:3390 -v"],
    ["2001:db8::7", "rdprobe [2001:db8::7]:3390 -v"],
  ])("%s", (host, command) => {
    expect(commandFor(host)).toBe(command);
  });

  it.each(["a; Remove-Item x", "$(calc)", "`x`", "-Force", "a\nb", "a b", "\u202e", ""])(
    "%j has no place in a line that is to be pasted",
    (host) => {
      expect(commandFor(host)).toBe("rdprobe SERVER:3390 -v");
    },
  );
});
