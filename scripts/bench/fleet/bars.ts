/** Each figure with its bar, told as it is known. */

interface Bar {
  readonly name: string;
  readonly isMet: boolean;
}

export const bars: Bar[] = [];

export const bar = (name: string, figure: string, isMet: boolean): void => {
  bars.push({ name, isMet });
  process.stdout.write(`${isMet ? "met   " : "MISSED"}  ${name}: ${figure}\n`);
};
