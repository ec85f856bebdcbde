/**
 * What is done on a server of Linux or another Unix: xrdp, FreeRDP, and what stands in front of a server. Commands are
 * for a shell there, with sudo; those that change something come after those that only look.
 */
import { NOTHING_TO_UNDO, remedyTable } from "./remedy.ts";

const XRDP_INI = "/etc/xrdp/xrdp.ini";
const CERTIFICATE = "/etc/xrdp/cert.pem";
const KEY = "/etc/xrdp/key.pem";
const NEW_CERTIFICATE = "/etc/xrdp/rdp-cert.pem";
const NEW_KEY = "/etc/xrdp/rdp-key.pem";
const SAVED_INI = "/etc/xrdp/xrdp.ini.before";
const RESTART_XRDP = "sudo systemctl restart xrdp";
const UNDO_INI = `sudo cp ${SAVED_INI} ${XRDP_INI}; ${RESTART_XRDP}`;

export const UNIX_REMEDIES = remedyTable([
  {
    id: "check-certificate-files",
    title: "See whether certificate file and key file belong together",
    where: "server",
    risk: "low",
    shell: "bash",
    steps: [
      "The first two lines print a digest of the public key in each file: both must be the same. The paths are xrdp's usual ones; the third line says which it uses.",
      "The last line prints the first suites of the cipher string, or OpenSSL's error where it cannot be read; without tls_ciphers in the file it asks for the default.",
      "Where they differ, put the key that the certificate was issued for beside it, or on Debian make a new pair: sudo make-ssl-cert generate-default-snakeoil --force-overwrite. Restart xrdp then, which cuts open connections.",
    ],
    commands: [
      `sudo openssl x509 -noout -pubkey -in ${CERTIFICATE} | openssl sha256`,
      `sudo openssl pkey -pubout -in ${KEY} | openssl sha256`,
      `grep -nE '^(certificate|key_file|tls_ciphers|ssl_protocols|security_layer)=' ${XRDP_INI}`,
      `openssl ciphers "$(sed -n 's/^tls_ciphers=//p' ${XRDP_INI} | grep . || echo DEFAULT)" | cut -c 1-60`,
    ],
    undo: NOTHING_TO_UNDO,
    confirm: ["the two digests differ", "lines with SSL in /var/log/xrdp.log at the time of the probe"],
  },
  {
    id: "xrdp-key-permissions",
    title: "Let xrdp read its private key",
    where: "server",
    risk: "low",
    shell: "bash",
    steps: [
      "xrdp as Debian and Ubuntu start it runs as the user xrdp; its key belongs to root and to the group ssl-cert. The first line says whether it can be read, the second who may go down the path to it.",
      "Put the user into the group and restart xrdp; do not make the key readable for everybody.",
      "Where xrdp.ini names another key_file, look at that one. Restarting cuts open connections; the desktops behind them stay.",
    ],
    commands: [
      `sudo -u xrdp test -r ${KEY} && echo 'xrdp can read its key' || echo 'xrdp cannot read its key'`,
      `sudo namei -l "$(readlink -f ${KEY})"`,
      "sudo adduser xrdp ssl-cert",
      "sudo systemctl restart xrdp",
    ],
    undo: "sudo gpasswd -d xrdp ssl-cert; sudo systemctl restart xrdp",
    confirm: ["'Cannot read private key file' in /var/log/xrdp.log"],
  },
  {
    id: "xrdp-listener",
    title: "See what xrdp or GNOME's server listens on",
    where: "server",
    risk: "low",
    shell: "bash",
    steps: [
      "The first line shows who holds the port and at which address: 127.0.0.1 or [::1] is this machine alone.",
      "port= in xrdp.ini is a number, an address with a number (tcp://:3389), or vsock:// for a guest that its host alone reaches. GNOME's server has no fixed address; grdctl status says whether RDP is enabled.",
    ],
    commands: [
      "sudo ss -tlnp | grep -E 'xrdp|gnome-remote|:{port} '",
      `grep -nE '^(port|address|enable_token_login)=' ${XRDP_INI}`,
      "systemctl status xrdp --no-pager --lines 5",
    ],
    undo: NOTHING_TO_UNDO,
    confirm: ["ss shows the listener at another address or port"],
  },
  {
    id: "allow-rdp-in-linux-firewall",
    platform: "any",
    title: "Open the RDP port in a Linux firewall",
    where: "server",
    risk: "medium",
    shell: "bash",
    steps: [
      "The first line shows the rules that are loaded, the second who listens. ufw and firewalld write such rules; a cloud's security group is elsewhere.",
      "The last line is for ufw and for one network, the private one of the example: write your own. With firewalld: sudo firewall-cmd --add-port={port}/tcp.",
    ],
    commands: [
      "sudo nft list ruleset",
      "sudo ss -tlnp | grep ':{port} '",
      "sudo ufw allow proto tcp from 192.168.0.0/16 to any port {port}",
    ],
    undo: "sudo ufw delete allow proto tcp from 192.168.0.0/16 to any port {port}",
    confirm: ["no rule accepts the port"],
  },
  {
    id: "start-xrdp",
    title: "Start xrdp",
    where: "server",
    risk: "low",
    shell: "bash",
    steps: [
      "The first line says whether it runs and why it ended; port= in xrdp.ini must be free, which the second shows.",
      "The last line starts it now and at every start of the machine.",
    ],
    commands: [
      "systemctl status xrdp --no-pager --lines 20",
      "sudo ss -tlnp | grep ':{port} '",
      "sudo systemctl enable --now xrdp",
    ],
    undo: "sudo systemctl disable --now xrdp",
    confirm: ["systemctl says inactive or failed"],
  },
  {
    id: "xrdp-tls-settings",
    title: "Give xrdp back its default suites and TLS versions",
    where: "server",
    risk: "low",
    shell: "bash",
    steps: [
      "The first line prints what xrdp.ini says of TLS. A tls_ciphers that OpenSSL cannot read makes every connection fail, a narrow one those of some clients.",
      "The others save the file, write xrdp's own defaults and restart xrdp, which cuts open connections; the desktops behind them stay.",
    ],
    commands: [
      `grep -nE '^#?(tls_ciphers|ssl_protocols)=' ${XRDP_INI}`,
      `sudo cp ${XRDP_INI} ${SAVED_INI}`,
      `sudo sed -i 's/^tls_ciphers=.*/tls_ciphers=HIGH/; s/^ssl_protocols=.*/ssl_protocols=TLSv1.2, TLSv1.3/' ${XRDP_INI}`,
      RESTART_XRDP,
    ],
    undo: UNDO_INI,
    confirm: ["lines with SSL in /var/log/xrdp.log at the time of the probe"],
  },
  {
    id: "xrdp-security-layer",
    title: "Let xrdp negotiate TLS",
    where: "server",
    risk: "low",
    shell: "bash",
    steps: [
      "security_layer=rdp is Standard RDP Security alone; negotiate takes TLS where certificate and key can be read, and says nothing where they cannot: look at key_file then (xrdp-key-permissions).",
      "Restarting xrdp cuts open connections; the desktops behind them stay.",
    ],
    commands: [
      `grep -nE '^(security_layer|certificate|key_file)=' ${XRDP_INI}`,
      `sudo cp ${XRDP_INI} ${SAVED_INI}`,
      `sudo sed -i 's/^security_layer=.*/security_layer=negotiate/' ${XRDP_INI}`,
      RESTART_XRDP,
    ],
    undo: UNDO_INI,
    confirm: ["security_layer=rdp in xrdp.ini"],
  },
  {
    id: "xrdp-new-certificate",
    title: "Give xrdp a certificate and key of its own that belong together",
    where: "server",
    risk: "low",
    shell: "bash",
    steps: [
      "The first line prints which files xrdp uses, the second when the usual one ends.",
      "The others make a self-signed pair beside them, which xrdp alone reads, and name it in xrdp.ini; the former files stay. Clients are asked once whether they trust it.",
      "Where an authority issued the former one, renew it there instead. Restarting xrdp cuts open connections; the desktops behind them stay.",
    ],
    commands: [
      `grep -nE '^(certificate|key_file)=' ${XRDP_INI}`,
      `sudo openssl x509 -noout -subject -enddate -in ${CERTIFICATE}`,
      `sudo openssl req -x509 -newkey rsa:2048 -nodes -days 825 -subj "/CN=$(hostname)" -keyout ${NEW_KEY} -out ${NEW_CERTIFICATE}`,
      `sudo chown root:xrdp ${NEW_KEY}`,
      `sudo chmod 640 ${NEW_KEY}`,
      `sudo cp ${XRDP_INI} ${SAVED_INI}`,
      `sudo sed -i 's#^certificate=.*#certificate=${NEW_CERTIFICATE}#; s#^key_file=.*#key_file=${NEW_KEY}#' ${XRDP_INI}`,
      RESTART_XRDP,
    ],
    undo: UNDO_INI,
    confirm: ["the certificate that rdprobe shows with -v has another key or another end than the file"],
  },
  {
    id: "stop-asking-client-certificate",
    platform: "any",
    title: "See what asks the clients for a certificate",
    where: "server",
    risk: "low",
    shell: "bash",
    steps: [
      "No RDP client shows a certificate in TLS: what asks for one is a proxy in front that authenticates its clients (mutual TLS), and RDP clients have to pass it by another way.",
      "The line looks for that setting in HAProxy, nginx and stunnel; it reads and changes nothing.",
      "Let the proxy take the RDP port without it and keep strangers out by address, VPN or an RD Gateway.",
    ],
    commands: [
      "grep -rnE 'verify (required|optional)|ssl_verify_client|verify(Chain|Peer) *=|^verify *= *[1-4]' /etc/haproxy /etc/nginx /etc/stunnel",
    ],
    undo: NOTHING_TO_UNDO,
    confirm: ["the server's own address and port, past the proxy, asks for no certificate"],
  },
]);
