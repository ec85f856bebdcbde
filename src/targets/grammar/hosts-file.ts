/** The hosts file: lines of an address and its names (hosts(5)). */

/** The addresses of a name, in the file's order. */
export const addressesInHostsFile = (text: string, name: string): readonly string[] =>
  text.split(/\r?\n/).flatMap((line) => {
    const [address = "", ...names] = (line.split("#")[0] ?? "").trim().split(/\s+/);
    return names.some((one) => one.toLowerCase() === name.toLowerCase()) ? [address] : [];
  });
