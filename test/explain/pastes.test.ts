/** What people paste, and what it is: the rows of the tables, and texts as dialogs, logs and clients print them. */
import { describe, expect, it } from "vitest";
import { explain } from "../../src/explain/explain.ts";

/** Kind and code of each meaning, the first ones. */
const toldOf = (...words: readonly string[]): readonly string[] =>
  explain(words).meanings.map(({ kind, code }) => `${kind} ${code}`);

const PAIR = ["disconnect 0x904", "extended 0x7"];

describe("a dialog of mstsc", () => {
  it.each<[string, readonly string[]]>([
    ["Fehlercode: 0x904 Erweiterter Fehlercode: 0x7", PAIR],
    ["Error code: 0x904\r\nExtended error code: 0x7", PAIR],
    ["Error code: 0x904 Extended error code: 0x7", PAIR],
    [
      "[Window Title]\nRemote Desktop Connection\n\n[Content]\nAn internal error has occurred.\n\n[^] Hide details  [OK]\n\n[Expanded Information]\nError code: 0x904\nExtended error code: 0x7\nTimestamp (UTC): 11/27/26 09:12:44 AM\n\nPress Ctrl+C to copy.",
      PAIR,
    ],
    ["错误代码： 0x708 扩展错误代码： 0x0", ["disconnect 0x708", "extended 0x0"]],
    ["エラー コード: 0x904 拡張エラー コード: 0x7", PAIR],
    ["Code d’erreur : 0x904\nCode d’erreur étendu : 0x7", PAIR],
    ["Código de error: 0x904 Código de error extendido: 0x7", PAIR],
    ["Код ошибки: 0x904 Расширенный код ошибки: 0x7", PAIR],
    ["Codice errore: 0X904 Codice errore esteso: 0X7", PAIR],
    ["0x904/0x7", PAIR],
    ["0x904,0x7", PAIR],
    ["0x904, 0x7", PAIR],
    ["(0x904) (0x7)", PAIR],
    ["0x904-0x7", PAIR],
    ["0x904 0x7", PAIR],
    ["2308 7", PAIR],
    ["0x3 0x11", ["disconnect 0x3", "errinfo 0x11"]],
    ["Error code: 0x3 Extended error code: 0x11", ["disconnect 0x3", "errinfo 0x11"]],
    ["0x4 0x0", ["disconnect 0x4", "extended 0x0"]],
    ["Error code: 0x204 Extended error code: 0x0", ["disconnect 0x204", "extended 0x0"]],
    ["0x80080005 0x0", ["hresult 0x80080005", "extended 0x0"]],
    ["0x3000008 0x0", ["gateway 0x3000008", "extended 0x0"]],
    ["because of a protocol error (code 0x112f)", ["errinfo 0x112f"]],
    ["904", ["disconnect 0x904"]],
    ["b09", ["disconnect 0xb09"]],
    ["1b07", ["disconnect 0x1b07"]],
  ])("%j", (text, told) => {
    expect(toldOf(text)).toEqual(told);
  });

  it("is the same from the words of a shell", () => {
    expect(toldOf("Error", "code:", "0x904", "Extended", "error", "code:", "0x7")).toEqual(PAIR);
  });
});

describe("a line of a log", () => {
  it.each<[string, readonly string[]]>([
    ["event 36870", ["event 36870"]],
    ["Event ID: 36870", ["event 36870"]],
    ["Ereignis-ID: 36874", ["event 36874"]],
    ["Error\t11/27/2026 9:12:44 AM\tSchannel\t36874\tNone", ["event 36874"]],
    ["<EventID>1057</EventID>", ["event 1057"]],
    ['<EventID Qualifiers="49152">56</EventID>', ["event 56"]],
    [
      "A fatal error occurred when attempting to access the TLS server credential private key. The error code returned from the cryptographic module is 0x8009030D. The internal error state is 10001.",
      ["event 36870", "ntstatus 0x8009030d"],
    ],
    [
      "A fatal alert was generated and sent to the remote endpoint. The TLS protocol defined fatal alert code is 40.",
      ["event 36888", "alert 40"],
    ],
    ["RDP ClientActiveX has been disconnected (Reason= 2308)", ["disconnect 0x904"]],
    ["Session 12 has been disconnected, reason code 5", ["extended 0x5"]],
    [
      "The Terminal Server security layer detected an error in the protocol stream.\n0020: 00 00 00 00 38 00 0A C0\n0028: 0D 03 09 80",
      ["event 56", "ntstatus 0x8009030d"],
    ],
    ["Status: 0xC000006D Sub Status: 0xC000006A", ["ntstatus 0xc000006d", "ntstatus 0xc000006a"]],
  ])("%j", (text, told) => {
    expect(toldOf(text)).toEqual(expect.arrayContaining([...told]));
    expect(toldOf(text)).toHaveLength(told.length);
  });
});

describe("what other clients print", () => {
  it.each<[string, readonly string[]]>([
    [
      "[ERROR][com.freerdp.core] - freerdp_set_last_error_ex ERRCONNECT_TLS_CONNECT_FAILED [0x00020008]",
      ["freerdp 0x00020008"],
    ],
    ["ERRCONNECT_TLS_CONNECT_FAILED [0x00020008]", ["freerdp 0x00020008"]],
    [
      "transport_connect_tls:freerdp_set_last_error_ex ERRCONNECT_CONNECT_TRANSPORT_FAILED [0x0002000D]",
      ["freerdp 0x0002000d"],
    ],
    ["error:0A000410:SSL routines::sslv3 alert handshake failure:SSL alert number 40", ["alert 40"]],
    ["519", ["guacamole 0x207", "disconnect 0x207"]],
    ["0x0207", ["guacamole 0x207", "disconnect 0x207"]],
    ["516", ["disconnect 0x204", "guacamole 0x204"]],
    ["769", ["guacamole 0x301"]],
    ["10054", ["win32 10054"]],
    ["WSAECONNRESET", ["win32 10054"]],
    ["read ECONNRESET 10060", ["win32 10060"]],
  ])("%j", (text, told) => {
    expect(toldOf(text)).toEqual(told);
  });
});

describe("numbers that a rule makes of others ([MS-ERREF] 2.1.2)", () => {
  it.each([
    ["0xd0000413", "ntstatus 0xc0000413"],
    ["0xd000006d", "ntstatus 0xc000006d"],
    ["0x8007274c", "win32 10060"],
    ["0x80072746", "win32 10054"],
    ["0x80070005", "win32 5"],
    ["0x8007052e", "win32 1326"],
    ["0x00010009", "errinfo 0x9"],
    ["-2147023570", "win32 1326"],
  ])("%s is %s", (text, told) => {
    expect(toldOf(text)).toEqual([told]);
  });
});

describe("the codes of the tables", () => {
  it.each<[string, string]>([
    ["0x4", "disconnect 0x4"],
    ["0x107", "disconnect 0x107"],
    ["522", "disconnect 0x20a"],
    ["778", "disconnect 0x30a"],
    ["1034", "disconnect 0x40a"],
    ["4104", "disconnect 0x1008"],
    ["0xb08", "disconnect 0xb08"],
    ["2824", "disconnect 0xb08"],
    ["33554433", "disconnect 0x2000001"],
    ["33554434", "disconnect 0x2000002"],
    ["0x1104", "disconnect 0x1104"],
    ["1286", "disconnect 0x506"],
    ["50331649", "gateway 0x3000001"],
    ["50331651", "gateway 0x3000003"],
    ["50331653", "gateway 0x3000005"],
    ["50331655", "gateway 0x3000007"],
    ["50331660", "gateway 0x300000c"],
    ["50331661", "gateway 0x300000d"],
    ["50331673", "gateway 0x3000019"],
    ["50331675", "gateway 0x300001b"],
    ["50331676", "gateway 0x300001c"],
    ["50331680", "gateway 0x3000020"],
    ["50331682", "gateway 0x3000022"],
    ["50331688", "gateway 0x3000028"],
    ["0x3000008", "gateway 0x3000008"],
    ["0x300005f", "gateway 0x300005f"],
    ["0x3000064", "gateway 0x3000064"],
    ["0x3000047", "gateway 0x3000047"],
    ["50331728", "gateway 0x3000050"],
    ["0x80004005", "hresult 0x80004005"],
    ["0x800b0109", "hresult 0x800b0109"],
    ["0x800b010a", "hresult 0x800b010a"],
    ["0x800b0101", "hresult 0x800b0101"],
    ["0x80092013", "hresult 0x80092013"],
    ["0x80090331", "ntstatus 0x80090331"],
    ["0x80090325", "ntstatus 0x80090325"],
    ["0x80090326", "ntstatus 0x80090326"],
    ["0x80090327", "ntstatus 0x80090327"],
    ["0x80090328", "ntstatus 0x80090328"],
    ["0x80090330", "ntstatus 0x80090330"],
    ["0x8009035d", "ntstatus 0x8009035d"],
    ["0x80090302", "ntstatus 0x80090302"],
    ["0x1196", "errinfo 0x1196"],
    ["0x20004", "freerdp 0x00020004"],
    ["0x0002000C", "freerdp 0x0002000c"],
    ["0x0002001D", "freerdp 0x0002001d"],
    ["10013", "win32 10013"],
    ...[36876, 36882, 1050, 1051, 1052, 1053, 1054, 1055, 1059, 1062, 1064, 1065, 1067, 1068, 1069, 1149].map(
      eventRow,
    ),
    ...[1158, 4625, 6167, 20499, 226, 1296, 2056, 5719, 4227, 4231, 103, 700, 201, 40].map(eventRow),
  ])("%s is %s", (text, told) => {
    expect(toldOf(text)).toContain(told);
  });

  function eventRow(id: number): [string, string] {
    return [`event ${id}`, `event ${id}`];
  }

  it.each(["0x1f04", "0x2407", "0x207", "0x507", "0x607", "0x707", "0x4b4", "0x516"])(
    "%s says that no reliable source has it",
    (text) => {
      const [meaning] = explain([text]).meanings;
      expect(meaning).toMatchObject({ kind: "disconnect", basis: "inferred" });
      expect(meaning?.what).toContain("No reliable source");
    },
  );

  it("have mstsc's meaning first, and none of a monitoring plugin for a hexadecimal number", () => {
    for (const text of ["0x1", "0x2", "0x3"]) {
      const kinds = explain([text]).meanings.map(({ kind }) => kind);
      expect(kinds[0]).toBe("disconnect");
      expect(kinds).not.toContain("nagios");
    }
  });
});

describe("the first step", () => {
  it.each([["0x904", "0x7"], ["0x204"], ["alert", "40"], ["event", "36870"], ["0x4242"]])(
    "of %s is a probe",
    (...words) => {
      expect(explain(words).first).toBe("rdprobe server01");
    },
  );

  it("is none where the handshake has no part in it", () => {
    expect(explain(["disconnect", "0x808"]).first).toBeNull();
    expect(explain(["reset"]).first).toBeNull();
  });
});
