/** How lively each minute of a day is; the days of one calendar with equal hours share one. */
export interface DayShape {
  /** Deviation of a minute's step where the whole day's is 1. */
  readonly step: Float64Array;
  /** Share of the day's variance that lies before each minute's start; one more than minutes. */
  readonly elapsed: Float64Array;
  /** Volume of a minute where a usual minute of regular hours has 1. */
  readonly volume: Float64Array;
}

const shapes = new Map<string, DayShape>();

/** Minutes of the day, and the half-open range of them that are regular hours. */
export function dayShape(minutes: number, regularFrom: number, regularTo: number): DayShape {
  const key = `${minutes}/${regularFrom}/${regularTo}`;
  let shape = shapes.get(key);
  if (!shape) {
    shape = makeShape(minutes, regularFrom, regularTo);
    shapes.set(key, shape);
  }
  return shape;
}

function makeShape(minutes: number, regularFrom: number, regularTo: number): DayShape {
  const step = new Float64Array(minutes);
  const volume = new Float64Array(minutes);
  const elapsed = new Float64Array(minutes + 1);
  const length = regularTo - regularFrom;
  let total = 0;
  for (let i = 0; i < minutes; i++) {
    if (i >= regularFrom && i < regularTo) {
      // Lively at the open, calm at noon, lively again towards the close.
      const fromNoon = (2 * (i - regularFrom + 0.5)) / length - 1;
      const bend = fromNoon * fromNoon;
      step[i] = 0.75 + 0.6 * bend + (i - regularFrom < 15 ? 0.5 : 0);
      volume[i] = 0.6 + 1.2 * bend + (regularTo - i <= 5 ? 1.5 : 0);
    } else {
      const distance = i < regularFrom ? regularFrom - i : i - regularTo + 1;
      const near = 60 / (60 + distance);
      step[i] = 0.15 + 0.3 * near;
      volume[i] = 0.01 + 0.1 * near * near;
    }
    total += (step[i] as number) ** 2;
  }
  const scale = 1 / Math.sqrt(total);
  let sum = 0;
  for (let i = 0; i < minutes; i++) {
    sum += (step[i] as number) ** 2 / total;
    step[i] = (step[i] as number) * scale;
    elapsed[i + 1] = sum;
  }
  elapsed[minutes] = 1;
  return { step, elapsed, volume };
}
