/**
 * What is done on servers that stand on FreeRDP's library: GNOME's, weston, FreeRDP's own shadow server. They run as the
 * user whose desktop they show, so commands are for that user's shell, without sudo.
 */
import { NOTHING_TO_UNDO, remedyTable } from "./remedy.ts";

const GNOME_FOLDER = "~/.local/share/gnome-remote-desktop";
const RESTART_GNOME = "systemctl --user restart gnome-remote-desktop";
const GNOME_KINDS =
  "grdctl as it stands here is for the server that shares a user's desktop, and is run by that user. A server without a screen (gnome-remote-desktop-headless) takes grdctl --headless; the login screen's, from GNOME 46 on, sudo grdctl --system.";

const WESTON_FOLDER = "$HOME/.config/weston-rdp";
const newPair = (subject: string, folder: string, key: string, certificate: string): string =>
  `openssl req -x509 -newkey rsa:2048 -nodes -days 825 -subj "/CN=${subject}" -keyout ${folder}/${key} -out ${folder}/${certificate}`;

export const FREERDP_REMEDIES = remedyTable([
  {
    id: "gnome-set-up",
    platform: "gnome-remote-desktop",
    title: "Switch GNOME's remote desktop on",
    where: "server",
    risk: "medium",
    shell: "bash",
    steps: [
      "Do so only where it is meant to be on: whoever knows its credentials sees the desktop.",
      "The server listens only where RDP is enabled and a certificate, a key and credentials are there: the first line shows what is missing. gnome-new-certificate makes a pair; grdctl rdp set-credentials takes a user name and a password of their own.",
      GNOME_KINDS,
    ],
    commands: ["grdctl status", "grdctl rdp enable", RESTART_GNOME],
    undo: "grdctl rdp disable",
    confirm: ["grdctl status says disabled, or (empty) behind the certificate, the key or the user name"],
  },
  {
    id: "gnome-new-certificate",
    platform: "gnome-remote-desktop",
    title: "Give GNOME's server a certificate and key that belong together",
    where: "server",
    risk: "low",
    shell: "bash",
    steps: [
      "The first line prints which files the server uses, the second when the certificate ends: the one that GNOME Settings makes ends after two years, and nobody renews it.",
      "The others make a pair beside the former one and name it to the server; clients are asked once whether they trust it. A session that is open ends with the restart.",
      GNOME_KINDS,
    ],
    commands: [
      "grdctl status",
      `openssl x509 -noout -subject -enddate -in "$(grdctl status | sed -n 's/.*TLS certificate: //p')"`,
      `mkdir -p -m 700 ${GNOME_FOLDER}`,
      newPair("$(hostname)", GNOME_FOLDER, "rdp-key.pem", "rdp-cert.pem"),
      `grdctl rdp set-tls-cert ${GNOME_FOLDER}/rdp-cert.pem`,
      `grdctl rdp set-tls-key ${GNOME_FOLDER}/rdp-key.pem`,
      RESTART_GNOME,
    ],
    undo: "grdctl rdp set-tls-cert and grdctl rdp set-tls-key with the paths that the first line printed",
    cutsYourSession: true,
    disconnectsUsers: true,
    confirm: ["the certificate that rdprobe shows with -v has another key or another end than the file"],
  },
  {
    id: "weston-tls",
    platform: "weston",
    title: "Start weston with a certificate and key that belong together",
    where: "server",
    risk: "medium",
    shell: "bash",
    steps: [
      "The first line prints with which options weston runs: --rdp4-key alone is Standard RDP Security, and --rdp-tls-cert needs --rdp-tls-key.",
      "The next ones make a pair. The last line is how weston is started with it: end the running one first, whose programs end with it, and keep its other options. From weston 12 on the backend is called rdp: --backend=rdp.",
    ],
    commands: [
      "ps -o args= -C weston",
      `mkdir -p -m 700 ${WESTON_FOLDER}`,
      newPair("$(hostname)", WESTON_FOLDER, "key.pem", "cert.pem"),
      `weston --backend=rdp-backend.so --port={port} --rdp-tls-cert=${WESTON_FOLDER}/cert.pem --rdp-tls-key=${WESTON_FOLDER}/key.pem`,
    ],
    undo: "start it with the options that the first line printed",
    cutsYourSession: true,
    disconnectsUsers: true,
    confirm: ["--rdp4-key without --rdp-tls-cert in weston's options, or weston's log names the key"],
  },
  {
    id: "freerdp-new-certificate",
    platform: "freerdp",
    title: "Have FreeRDP's shadow server make a new certificate",
    where: "server",
    risk: "low",
    shell: "bash",
    steps: [
      "The first two lines show its files. It makes a new pair when it starts and has none; the former one stays beside it.",
      "End the running one and start it with the options that the third line printed: the last line is the shortest way.",
    ],
    commands: [
      "ls -l ~/.config/freerdp/shadow",
      "openssl x509 -noout -subject -enddate -in ~/.config/freerdp/shadow/shadow.crt",
      "ps -o args= -C freerdp-shadow-cli",
      "mv ~/.config/freerdp/shadow ~/.config/freerdp/shadow.before",
      "freerdp-shadow-cli /port:{port}",
    ],
    undo: "mv ~/.config/freerdp/shadow.before ~/.config/freerdp/shadow after removing the new one, and start it again",
    cutsYourSession: true,
    disconnectsUsers: true,
    confirm: ["the certificate that rdprobe shows with -v has another key or another end than shadow.crt"],
  },
  {
    id: "freerdp-security",
    platform: "freerdp",
    title: "Start FreeRDP's shadow server with TLS",
    where: "server",
    risk: "low",
    shell: "bash",
    steps: [
      "The first line prints its options: /sec:rdp is Standard RDP Security alone. End it, and start it with TLS as the last line does.",
      "/sec:nla with /sam-file asks for credentials before the session as well: winpr-hash writes a line of that file.",
    ],
    commands: ["ps -o args= -C freerdp-shadow-cli", "freerdp-shadow-cli /port:{port} /sec:tls"],
    undo: "start it with the options that the first line printed",
    cutsYourSession: true,
    disconnectsUsers: true,
    confirm: ["/sec:rdp among its options"],
  },
  {
    id: "server-of-which-program",
    platform: "freerdp",
    title: "See which program on FreeRDP's library serves",
    where: "server",
    risk: "low",
    shell: "bash",
    steps: [
      "The library answers alike for several: gnome-remote-desktop, weston, krdpserver, freerdp-shadow-cli, freerdp-proxy. The line names the one that holds the port.",
      "What helps is then that program's: grdctl for GNOME's, System Settings > Remote Desktop for KDE's, the options of the command line for the others.",
    ],
    commands: ["sudo ss -tlnp | grep ':{port} '"],
    undo: NOTHING_TO_UNDO,
    confirm: ["the name in the last column"],
  },
]);
