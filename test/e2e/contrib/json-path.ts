/** As much of Zabbix' JSONPath as our template has: names, one filter on a name, and `first()`. */

const STEP = /\.first\(\)|\.([A-Za-z0-9_]+)|\[\?\(@\.(\w+)=="([^"]*)"\)\]/y;

/**
 * What a path finds; undefined where it finds nothing.
 * @throws Error for a path that is not understood.
 */
export const valueAt = (root: unknown, path: string): unknown => {
  if (!path.startsWith("$")) throw new Error(`no JSONPath: ${path}`);
  let value = root;
  let at = 1;
  while (at < path.length) {
    STEP.lastIndex = at;
    const step = STEP.exec(path);
    if (step === null) throw new Error(`JSONPath ${path}: not understood at ${at}`);
    const [whole, name, key, wanted] = step;
    if (key !== undefined) value = listOf(value).filter((entry) => memberOf(entry, key) === wanted);
    // Behind a filter a path goes on with each that it let through.
    else if (name !== undefined && Array.isArray(value))
      value = value.map((entry: unknown) => memberOf(entry, name));
    else if (name !== undefined) value = memberOf(value, name);
    else value = listOf(value).find((entry) => entry !== undefined);
    at += whole.length;
  }
  return value;
};

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

const memberOf = (value: unknown, name: string): unknown =>
  typeof value === "object" && value !== null
    ? Object.getOwnPropertyDescriptor(value, name)?.value
    : undefined;
