/** Memory and descriptors over time: the line through them, and a plot as SVG. */

export interface Sample {
  readonly minutes: number;
  readonly mib: number;
  readonly descriptors: number;
}

/** A minute, by least squares. */
export const slopeOf = (samples: readonly Sample[], of: (sample: Sample) => number): number => {
  const mean = (part: (sample: Sample) => number): number =>
    samples.reduce((sum, sample) => sum + part(sample), 0) / samples.length;
  const [time, value] = [mean(({ minutes }) => minutes), mean(of)];
  const both = mean((sample) => (sample.minutes - time) * (of(sample) - value));
  return both / mean(({ minutes }) => (minutes - time) ** 2);
};

const WIDTH = 720;
const HEIGHT = 300;
const LEFT = 60;
const BOTTOM = 40;
const TOP = 30;
const POINTS = 100;

/** @param warmUp minutes that do not count. */
export const soakPlot = (samples: readonly Sample[], warmUp: number): string => {
  const most = (of: (sample: Sample) => number): number =>
    samples.reduce((sum, sample) => Math.max(sum, of(sample)), 1);
  const minutes = most((sample) => sample.minutes);
  const x = (at: number): number => LEFT + (at / minutes) * (WIDTH - LEFT - 20);
  const y = (value: number, top: number): number => HEIGHT - BOTTOM - (value / top) * (HEIGHT - BOTTOM - TOP);
  const every = Math.max(1, Math.floor(samples.length / POINTS));
  const line = (of: (sample: Sample) => number, top: number): string =>
    samples
      .filter((_, at) => at % every === 0)
      .map((sample) => `${x(sample.minutes).toFixed(1)},${y(of(sample), top).toFixed(1)}`)
      .join(" ");
  const topMib = Math.ceil(most(({ mib }) => mib) / 50) * 50;
  const topCount = Math.ceil(most(({ descriptors }) => descriptors) / 50) * 50;
  const label = (at: number, down: number, text: string, anchor = "start"): string =>
    `<text x="${at}" y="${down}" text-anchor="${anchor}">${text}</text>`;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="12">
<rect width="${WIDTH}" height="${HEIGHT}" fill="#fff"/>
<rect x="${LEFT}" y="${TOP}" width="${(x(warmUp) - LEFT).toFixed(1)}" height="${HEIGHT - BOTTOM - TOP}" fill="#eee"/>
<polyline fill="none" stroke="#c0c0c0" points="${line(({ descriptors }) => descriptors, topCount)}"/>
<polyline fill="none" stroke="#2457c5" stroke-width="1.5" points="${line(({ mib }) => mib, topMib)}"/>
<path d="M${LEFT} ${TOP}V${HEIGHT - BOTTOM}H${WIDTH - 20}" fill="none" stroke="#333"/>
${label(LEFT, 18, `memory of the exporter (blue, top ${topMib} MiB), open descriptors (grey, top ${topCount}); warm-up shaded`)}
${label(LEFT - 6, HEIGHT - BOTTOM, "0", "end")}
${label(LEFT - 6, TOP + 10, String(topMib), "end")}
${label(LEFT, HEIGHT - 20, "0")}
${label(WIDTH - 20, HEIGHT - 20, `${minutes.toFixed(0)} min`, "end")}
</svg>
`;
};
