/** The messages that Nagios, Icinga 2 and Alertmanager send of ten broken hosts, as they are kept in files. */
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parse, stringify } from "yaml";
import { type Lab, startLab } from "../../../src/lab/lab.ts";
import { CHECK_RDP } from "../cli/check-rdp.ts";
import { startPrometheus } from "../exporter/prometheus-server.ts";
import { runExporter } from "../exporter/running-exporter.ts";
import { eventually } from "../../support/eventually.ts";
import { startProcess } from "../servers/programs/processes.ts";
import { freePort } from "../servers/programs/real-server.ts";
import { startMailServer } from "./mail-server.ts";

/** Ten hosts, each broken in its own way, and what a message has to say of it. */
export const BROKEN_HOSTS: Readonly<Record<string, RegExp>> = {
  "key-unreadable": /drops the connection (?:when TLS starts|at tls)/,
  "certificate-expired": /expired/,
  "certificate-issued-expired": /expired/,
  "port-closed": /nothing listens|port-closed/,
  "failure-3": /certificate/,
  "closed-after-hello": /hangs up|closed/,
  http: /web server|HTTP|not-rdp/,
  "credssp-version-2": /CredSSP|credssp/,
  "silent-after-hello": /stops answering|timeout/,
  "certificate-rsa512": /certificate|key/,
};

const PATIENCE_MS = 60_000;
const GATHERING_MS = 8000;

export const SYSTEMS = ["nagios", "icinga", "alertmanager"] as const;
export type MonitoringSystem = (typeof SYSTEMS)[number];

/** By the name of the lab's scenario. */
export type Messages = Readonly<Record<string, string>>;

export const startMessageLab = (): Promise<Lab> =>
  startLab({ host: "127.0.0.1", basePort: 0, scenarios: Object.keys(BROKEN_HOSTS) });

/** Runs the system over the lab until it has sent a message of each host. */
export const takeMessages = async (system: MonitoringSystem, lab: Lab): Promise<Messages> => {
  const folder = mkdtempSync(join(tmpdir(), `rdprobe-${system}-`));
  try {
    const taken = await TAKERS[system](portsOf(lab), folder);
    return Object.fromEntries(
      Object.keys(BROKEN_HOSTS).map((id) => [id, steady(taken[id] ?? "no message came\n", portsOf(lab))]),
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

const fileOf = (system: MonitoringSystem, id: string): string =>
  join(import.meta.dirname, "messages", `${system}-${id}.txt`);

export const keptMessage = (system: MonitoringSystem, id: string): string =>
  existsSync(fileOf(system, id)) ? readFileSync(fileOf(system, id), "utf8") : "no file\n";

export const keepMessage = (system: MonitoringSystem, id: string, text: string): void =>
  writeFileSync(fileOf(system, id), text);

type Ports = Readonly<Record<string, number>>;

const portsOf = (lab: Lab): Ports =>
  Object.fromEntries(lab.listeners.map(({ scenario, port }) => [scenario.id, port]));

/** Writes a mail as a file that begins with its subject. */
const MAILER = (folder: string): string => `#!/bin/sh
file=$(mktemp ${folder}/sent/XXXXXX)
{ printf 'Subject: %s\\n\\n' "$2"; cat; } > "$file"
mv "$file" "$file.txt"
`;

const useMailer = (folder: string): string => {
  mkdirSync(join(folder, "sent"));
  const path = join(folder, "mail");
  writeFileSync(path, MAILER(folder));
  chmodSync(path, 0o755);
  mkdirSync(join(folder, "plugins"));
  symlinkSync(CHECK_RDP, join(folder, "plugins", "check_rdp"));
  return path;
};

const mailsIn = (folder: string): readonly string[] =>
  readdirSync(join(folder, "sent"))
    .filter((name) => name.endsWith(".txt"))
    .map((name) => readFileSync(join(folder, "sent", name), "utf8"));

const bySubject = (mails: readonly string[], ids: readonly string[]): Messages =>
  Object.fromEntries(
    ids.flatMap((id) => {
      const mail = mails.find((text) => (text.split("\n", 1)[0] ?? "").endsWith(` ${id}`));
      return mail === undefined ? [] : [[id, mail]];
    }),
  );

const always = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
  .map((day) => `  ${day} 00:00-24:00`)
  .join("\n");

const nagios = async (ports: Ports, folder: string): Promise<Messages> => {
  const mailer = useMailer(folder);
  const { username } = userInfo();
  const contrib = readFileSync(resolve("contrib", "nagios", "rdprobe.cfg"), "utf8");
  writeFileSync(join(folder, "rdprobe.cfg"), contrib.replaceAll("/usr/bin/mail", mailer));
  writeFileSync(join(folder, "resource.cfg"), `$USER1$=${join(folder, "plugins")}\n`);
  const services = Object.entries(ports).map(
    ([id, port]) => `
define service {
  use rdp-service
  host_name ts01
  service_description ${id}
  check_command check_rdp_port!${port}!-w 30: -c 14:
  contacts on-call
  max_check_attempts 1
  notification_interval 0
}`,
  );
  writeFileSync(
    join(folder, "objects.cfg"),
    `define timeperiod {
  timeperiod_name 24x7
  alias always
${always}
}
define command {
  command_name none
  command_line /bin/true
}
define contact {
  contact_name on-call
  email on-call@example.org
  host_notification_period 24x7
  service_notification_period 24x7
  host_notification_commands none
  service_notification_commands notify-rdp-by-email
  service_notification_options w,u,c
  host_notification_options n
}
define host {
  host_name ts01
  alias ts01
  address 127.0.0.1
  contacts on-call
  max_check_attempts 1
  check_period 24x7
  notification_interval 0
  notification_period 24x7
}
${services.join("\n")}
`,
  );
  const settings = {
    ...{ temp_path: folder, check_result_path: folder, nagios_user: username, nagios_group: username },
    ...{ check_external_commands: 0, retain_state_information: 0, use_syslog: 0, event_broker_options: 0 },
    ...{ enable_notifications: 1, interval_length: 1, service_check_timeout: 60 },
    ...{ resource_file: join(folder, "resource.cfg"), object_cache_file: join(folder, "objects.cache") },
    ...{ status_file: join(folder, "status.dat"), log_file: join(folder, "nagios.log") },
    ...{ lock_file: join(folder, "nagios.lock"), temp_file: join(folder, "nagios.tmp") },
    ...{ query_socket: join(folder, "nagios.qh"), command_file: join(folder, "nagios.cmd") },
    ...{ state_retention_file: join(folder, "retention.dat"), date_format: "iso8601" },
    illegal_macro_output_chars: "`~$&|'\"<>",
  };
  writeFileSync(
    join(folder, "nagios.cfg"),
    [
      `cfg_file=${join(folder, "rdprobe.cfg")}`,
      `cfg_file=${join(folder, "objects.cfg")}`,
      ...Object.entries(settings).map(([name, value]) => `${name}=${value}`),
      "",
    ].join("\n"),
  );
  const daemon = await startProcess("nagios4", [join(folder, "nagios.cfg")]);
  return untilSent(
    ports,
    () => mailsIn(folder),
    () => daemon.stop("SIGTERM", 5000),
  );
};

const icinga = async (ports: Ports, folder: string): Promise<Messages> => {
  const mailer = useMailer(folder);
  const { username } = userInfo();
  const folders = { DataDir: "data", LogDir: "log", CacheDir: "cache", SpoolDir: "spool", InitRunDir: "run" };
  for (const path of Object.values(folders)) mkdirSync(join(folder, path));
  const contrib = resolve("contrib", "icinga2");
  const services = Object.entries(ports).map(
    ([id, port]) => `
object Service "${id}" {
  host_name = "ts01"
  check_command = "rdp"
  check_interval = 1h
  max_check_attempts = 1
  vars.rdp_port = ${port}
}`,
  );
  writeFileSync(
    join(folder, "icinga2.conf"),
    `include <itl>
include <plugins>
include "${contrib}/rdprobe.conf"
include "${contrib}/rdprobe-mail.conf"
object CheckerComponent "checker" { }
object NotificationComponent "notification" { }
object Endpoint NodeName { }
object Zone NodeName { endpoints = [ NodeName ] }
object User "on-call" { email = "on-call@example.org" }
object Host "ts01" {
  check_command = "dummy"
  address = "127.0.0.1"
}
apply Notification "mail" to Service {
  command = "rdp-mail"
  users = [ "on-call" ]
  interval = 0
  vars.rdp_mail_script = "${contrib}/rdp-mail.sh"
  assign where true
}
${services.join("\n")}
`,
  );
  const constants = {
    ...{ RunAsUser: username, RunAsGroup: username, NodeName: "rdprobe-test" },
    ...{ PluginDir: join(folder, "plugins"), PluginContribDir: join(folder, "plugins") },
    ...Object.fromEntries(Object.entries(folders).map(([name, path]) => [name, join(folder, path)])),
  };
  const defined = Object.entries(constants).flatMap(([name, value]) => ["-D", `${name}=${value}`]);
  const args = ["daemon", "-c", join(folder, "icinga2.conf"), ...defined];
  const daemon = await startProcess("icinga2", args, { env: { RDP_MAILER: mailer } });
  return untilSent(
    ports,
    () => mailsIn(folder),
    () => daemon.stop("SIGTERM", 5000),
  );
};

/** Waits for a mail of each host, then stops what sends them. */
const untilSent = async (
  ports: Ports,
  mails: () => readonly string[],
  stop: () => Promise<void>,
): Promise<Messages> => {
  const ids = Object.keys(ports);
  try {
    await eventually(() => Object.keys(bySubject(mails(), ids)).length === ids.length, {
      ...{ timeoutMs: PATIENCE_MS, everyMs: 200 },
    });
    return bySubject(mails(), ids);
  } finally {
    await stop();
  }
};

const contribOfPrometheus = (name: string): unknown =>
  parse(readFileSync(resolve("contrib", "prometheus", name), "utf8"));

/** Alerts at once, and of the probes alone. */
const alertmanager = async (ports: Ports, folder: string): Promise<Messages> => {
  const server = await startMailServer();
  const exporter = await runExporter();
  const address = `127.0.0.1:${await freePort("127.0.0.1")}`;
  const text = readFileSync(resolve("contrib", "prometheus", "alertmanager.yml"), "utf8");
  const config = text
    .replace("127.0.0.1:25", `127.0.0.1:${server.port}`)
    .replace("group_wait: 30s", "group_wait: 3s");
  writeFileSync(join(folder, "alertmanager.yml"), config);
  const daemon = await startProcess("prometheus-alertmanager", [
    `--config.file=${join(folder, "alertmanager.yml")}`,
    `--storage.path=${join(folder, "data")}`,
    `--web.listen-address=${address}`,
    "--cluster.listen-address=",
  ]);
  const rules = stringify(contribOfPrometheus("rdp-rules.yml")).replace(/for: \S+/g, "for: 0s");
  const scrape = parse(readFileSync(resolve("contrib", "prometheus", "prometheus.yml"), "utf8"));
  const [probes] = scrape.scrape_configs;
  probes.scrape_interval = "10s";
  probes.scrape_timeout = "10s";
  probes.static_configs = [{ targets: Object.values(ports).map((port) => `127.0.0.1:${port}`) }];
  probes.relabel_configs.at(-1).replacement = `127.0.0.1:${exporter.port}`;
  const prometheus = await startPrometheus({
    "rdp-rules.yml": rules,
    "prometheus.yml": stringify({
      ...scrape,
      global: { evaluation_interval: "1s", scrape_interval: "10s", scrape_timeout: "10s" },
      alerting: { alertmanagers: [{ static_configs: [{ targets: [address] }] }] },
      scrape_configs: [probes],
    }),
  });
  const ids = Object.keys(ports);
  const ofHosts = (): Messages =>
    Object.fromEntries(
      ids.flatMap((id) => {
        const own = server
          .mails()
          .filter((mail) => mail.includes(`127.0.0.1:${ports[id]}`))
          .toSorted();
        return own.length === 0 ? [] : [[id, own.join("\n")]];
      }),
    );
  try {
    await eventually(() => Object.keys(ofHosts()).length === ids.length, {
      timeoutMs: PATIENCE_MS,
      everyMs: 500,
    });
    // A host may have several alerts.
    await sleep(GATHERING_MS);
    return ofHosts();
  } finally {
    await prometheus[Symbol.asyncDispose]();
    await daemon.stop("SIGTERM", 5000);
    await exporter[Symbol.asyncDispose]();
    server.close();
  }
};

const TAKERS: Readonly<Record<MonitoringSystem, (ports: Ports, folder: string) => Promise<Messages>>> = {
  nagios,
  icinga,
  alertmanager,
};

/** Without what differs from run to run: ports, times, dates. */
const steady = (text: string, ports: Ports): string =>
  Object.values(ports)
    .reduce((all, port, index) => all.replaceAll(String(port), String(33_890 + index)), text)
    .replace(/\b\d+(\.\d+)? ?m?s\b/g, "N ms")
    .replace(/\b\d{4}-\d\d-\d\d( \d\d:\d\d:\d\d)?( [+-]\d{4})?\b/g, "YYYY-MM-DD")
    .replace(/\b[A-Z][a-z]{2} [A-Z][a-z]{2} +\d+ \d\d:\d\d:\d\d \w+ \d{4}\b/g, "YYYY-MM-DD")
    .replace(/\b\d+ days\b/g, "N days")
    .replace(/[ \t]+$/gm, "")
    .replace(/\n+$/, "\n");
