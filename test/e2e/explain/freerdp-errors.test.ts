/** The table beside FreeRDP's own library, asked for every number. */
import { expect, it } from "vitest";
import { ERRCONNECT_CLASS, FREERDP_ERRORS } from "../../../src/explain/freerdp-errors.ts";
import { commandsAvailable, describeWhere } from "../../support/availability.ts";
import { runProcess } from "../servers/programs/processes.ts";

/** Prints the name of each number from 0 to 255 in the class of what fails while connecting. */
const SCRIPT = `
import ctypes, json
name = ctypes.CDLL("libfreerdp2.so.2").freerdp_get_last_error_name
name.restype, name.argtypes = ctypes.c_char_p, [ctypes.c_uint32]
print(json.dumps([name(${ERRCONNECT_CLASS} << 16 | n).decode() for n in range(256)]))
`;

/** FreeRDP 3 has these, Debian's 2.11 not yet. */
const SINCE_FREERDP_3: ReadonlySet<string> = new Set(["ACTIVATION_TIMEOUT", "TARGET_BOOTING"]);

describeWhere(commandsAvailable("python3", "xfreerdp"))("the errors of FreeRDP's clients", () => {
  it("have the names that libfreerdp2 gives them, and no other is known there", async () => {
    const { stdout } = await runProcess("python3", ["-c", SCRIPT]);
    const names: unknown = JSON.parse(stdout);
    const known = new Map(FREERDP_ERRORS.map(({ number, name }) => [number, name]));
    const expected = Array.from({ length: 256 }, (_, number) => {
      const name = known.get(number);
      return name === undefined || SINCE_FREERDP_3.has(name) ? "ERRCONNECT_UNKNOWN" : `ERRCONNECT_${name}`;
    });
    expect(names).toEqual(expected);
  });
});
