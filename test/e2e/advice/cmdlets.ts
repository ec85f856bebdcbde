/**
 * The PowerShell commands that rdprobe's advice may use, with the parameters that Microsoft's reference lists for
 * them in Windows PowerShell 5.1 (learn.microsoft.com/powershell/module), and the Windows that first has them.
 * To be read beside that reference; the tests hold every printed command against it.
 */
export interface Cmdlet {
  readonly module: string;
  /** Of the parameters, those that are used. */
  readonly parameters: readonly string[];
  /** Clients and servers; null for what every Windows PowerShell has. */
  readonly since: "Windows 8 and Server 2012" | "Windows 10 and Server 2016" | null;
}

const core = (...parameters: readonly string[]): Cmdlet => ({
  module: "Microsoft.PowerShell.*",
  parameters,
  since: null,
});

const since2012 = (module: string, ...parameters: readonly string[]): Cmdlet => ({
  module,
  parameters,
  since: "Windows 8 and Server 2012",
});

const since2016 = (module: string, ...parameters: readonly string[]): Cmdlet => ({
  module,
  parameters,
  since: "Windows 10 and Server 2016",
});

export const CMDLETS: Readonly<Record<string, Cmdlet>> = {
  "ForEach-Object": core(),
  "Format-List": core(),
  "Format-Table": core(),
  "Get-ChildItem": core("-Filter", "-Recurse"),
  "Get-CimInstance": since2012("CimCmdlets", "-Namespace", "-ClassName", "-Filter"),
  "Get-Date": core(),
  "Get-FileHash": core(),
  "Get-HotFix": core(),
  "Import-Csv": core(),
  "Unblock-File": core(),
  "Get-ItemProperty": core("-Name", "-ErrorAction"),
  "Get-Process": core("-Id"),
  "Get-Service": core(),
  "Get-WinEvent": core("-FilterHashtable", "-LogName", "-MaxEvents", "-ErrorAction"),
  "Group-Object": core("-NoElement"),
  "Measure-Object": core(),
  "Read-Host": core(),
  "Remove-Item": core(),
  "Rename-Item": core("-NewName"),
  "Restart-Computer": core("-Confirm"),
  "Restart-Service": core("-Force"),
  "Select-Object": core("-First", "-Last"),
  "Select-String": core("-Path", "-Pattern"),
  "Set-CimInstance": since2012("CimCmdlets", "-Property"),
  "Set-ItemProperty": core("-Name", "-Value"),
  "Set-Service": core("-StartupType"),
  "Sort-Object": core("-Descending"),
  "Start-Service": core(),
  "Stop-Service": core("-Force"),
  "Test-ComputerSecureChannel": core("-Verbose"),
  "Test-Path": core(),
  // The comparison of the short form is a parameter.
  "Where-Object": core("-eq", "-match", "-in"),
  "Get-DnsClientServerAddress": since2012("DnsClient"),
  "Resolve-DnsName": since2012("DnsClient", "-Name"),
  "Disable-NetFirewallRule": since2012("NetSecurity", "-Group"),
  "Enable-NetFirewallRule": since2012("NetSecurity", "-Group"),
  "Get-NetFirewallRule": since2012("NetSecurity", "-Group"),
  "Get-NetFirewallProfile": since2012("NetSecurity", "-PolicyStore"),
  "Find-NetRoute": since2012("NetTCPIP", "-RemoteIPAddress"),
  "Get-NetConnectionProfile": since2012("NetConnection"),
  "Get-NetIPInterface": since2012("NetTCPIP"),
  "Get-NetTCPConnection": since2012("NetTCPIP", "-LocalPort", "-State"),
  "Test-NetConnection": since2012("NetTCPIP", "-Port", "-TraceRoute"),
  "Disable-TlsCipherSuite": since2016("TLS", "-Name"),
  "Enable-TlsCipherSuite": since2016("TLS", "-Name"),
  "Get-TlsCipherSuite": since2016("TLS"),
};

/** Programs that are called by name: of Windows, of Azure's shell, rdprobe itself, and a client. */
export const PROGRAMS: ReadonlySet<string> = new Set([
  "az",
  "certutil",
  "icacls",
  "ipconfig",
  "klist",
  "mstsc",
  "net",
  "netsh",
  "netstat",
  "nltest",
  "ping",
  "pktmon",
  "qwinsta",
  "rdprobe",
  ".\\rdprobe.exe",
  "reg",
  "setspn",
  "takeown",
  "w32tm",
  "xfreerdp",
]);
