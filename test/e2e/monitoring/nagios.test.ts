import { writeFileSync } from "node:fs";
import { userInfo } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { commandsAvailable, describeWhere } from "../../support/availability.ts";
import { type ProcessGroup, runProcess, startProcess } from "../servers/programs/processes.ts";
import { expectStatusOf, useWatchedServices } from "./watched-services.ts";

const CONTRIB = resolve("contrib", "nagios", "rdprobe.cfg");

const ALWAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
  .map((day) => `  ${day} 00:00-24:00`)
  .join("\n");

/** What a Nagios has beside contrib's file: a host, a contact, a time period. */
const OBJECTS = `
define timeperiod {
  timeperiod_name 24x7
  alias always
${ALWAYS}
}
define command {
  command_name none
  command_line /bin/true
}
define contact {
  contact_name nobody
  host_notifications_enabled 0
  service_notifications_enabled 0
  host_notification_period 24x7
  service_notification_period 24x7
  host_notification_commands none
  service_notification_commands none
}
define host {
  host_name lab
  address 127.0.0.1
  contacts nobody
  max_check_attempts 1
  check_period 24x7
  notification_interval 0
  notification_period 24x7
}
`;

interface NagiosService {
  readonly name: string;
  readonly port: number;
  readonly options: Readonly<Record<string, string>>;
}

const serviceText = ({ name, port, options }: NagiosService): string => `
define service {
  use rdp-service
  host_name lab
  service_description ${name}
  check_command check_rdp_port!${port}!${argumentsOf(options)}
  contacts nobody
  max_check_attempts 1
}
`;

const argumentsOf = (options: NagiosService["options"]): string =>
  Object.entries(options)
    .map(([name, value]) => `--${name} ${value}`)
    .join(" ");

/** Nothing outside the folder; a unit of the intervals is a second. */
const mainText = (folder: string): string => {
  const { username } = userInfo();
  const files = {
    object_cache_file: "objects.cache",
    precached_object_file: "objects.precache",
    resource_file: "resource.cfg",
    status_file: "status.dat",
    command_file: "nagios.cmd",
    log_file: "nagios.log",
    lock_file: "nagios.lock",
    temp_file: "nagios.tmp",
    query_socket: "nagios.qh",
    state_retention_file: "retention.dat",
  };
  const settings = {
    ...{ temp_path: folder, check_result_path: folder, nagios_user: username, nagios_group: username },
    ...{ check_external_commands: 0, retain_state_information: 0, use_syslog: 0, event_broker_options: 0 },
    ...{ status_update_interval: 1, interval_length: 1, service_check_timeout: 60 },
    illegal_macro_output_chars: "`~$&|'\"<>",
  };
  return [
    `cfg_file=${CONTRIB}`,
    `cfg_file=${join(folder, "objects.cfg")}`,
    ...Object.entries(files).map(([name, file]) => `${name}=${join(folder, file)}`),
    ...Object.entries(settings).map(([name, value]) => `${name}=${value}`),
    "",
  ].join("\n");
};

describeWhere(commandsAvailable("nagios4"))("a running Nagios Core", () => {
  const watched = useWatchedServices();
  let nagios: ProcessGroup | null = null;

  beforeAll(() => {
    const folder = watched.folder();
    writeFileSync(join(folder, "nagios.cfg"), mainText(folder));
    writeFileSync(join(folder, "resource.cfg"), `$USER1$=${join(folder, "plugins")}\n`);
    const services = watched.services().map(serviceText);
    writeFileSync(join(folder, "objects.cfg"), [OBJECTS, ...services].join(""));
  });
  afterAll(() => nagios?.stop("SIGTERM", 5000));

  it("accepts the commands and the service template of contrib", async () => {
    const { code, stdout } = await runProcess("nagios4", ["-v", join(watched.folder(), "nagios.cfg")]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Total Errors: +0$/m);
    expect(stdout).toMatch(/Checked \d+ services/);
  });

  it("has the states and the performance data of lab scenarios and xrdp", async () => {
    nagios = await startProcess("nagios4", [join(watched.folder(), "nagios.cfg")]);
    await expectStatusOf(watched, join(watched.folder(), "status.dat"));
  }, 90_000);
});
