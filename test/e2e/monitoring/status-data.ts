/** status.dat, which Nagios Core writes and Icinga's StatusDataWriter as well: what they know of each service. */
import { readFileSync } from "node:fs";

export interface ServiceStatus {
  /** 0 to 3. */
  readonly state: number;
  /** The first line before its `|`. */
  readonly output: string;
  readonly perfdata: string;
}

/** The services that were checked, by their name; empty where the file is not there. */
export const readStatusData = (file: string): ReadonlyMap<string, ServiceStatus> => {
  const blocks = textOf(file).matchAll(/^servicestatus \{\n([^}]*(?:\}(?!\n)[^}]*)*)\}\n/gm);
  const services = [...blocks].map(([, body = ""]) => fieldsOf(body));
  return new Map(
    services
      .filter((fields) => fields.get("has_been_checked") === "1")
      .map((fields) => [
        fields.get("service_description") ?? "",
        {
          state: Number(fields.get("current_state")),
          output: (fields.get("plugin_output") ?? "").trim(),
          perfdata: fields.get("performance_data") ?? "",
        },
      ]),
  );
};

const fieldsOf = (body: string): ReadonlyMap<string, string> =>
  new Map(
    body.split("\n").flatMap((line) => {
      const [, name, value] = /^\s*(\w+)=(.*)$/.exec(line) ?? [];
      return name === undefined || value === undefined ? [] : [[name, value] as const];
    }),
  );

const textOf = (file: string): string => {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
};
