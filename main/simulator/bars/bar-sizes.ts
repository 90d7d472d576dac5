/** Bar sizes as IBKR spells them, in seconds. */
export const barSizes: Readonly<Record<string, number>> = {
  '1 secs': 1,
  '5 secs': 5,
  '10 secs': 10,
  '15 secs': 15,
  '30 secs': 30,
  '1 min': 60,
  '2 mins': 120,
  '3 mins': 180,
  '5 mins': 300,
  '10 mins': 600,
  '15 mins': 900,
  '20 mins': 1200,
  '30 mins': 1800,
  '1 hour': 3600,
  '2 hours': 7200,
  '3 hours': 10_800,
  '4 hours': 14_400,
  '8 hours': 28_800,
  '1 day': 86_400,
  '1 week': 604_800,
  '1 month': 2_592_000,
};

const aliases: Readonly<Record<string, string>> = {
  '1 sec': '1 secs',
  '1 mins': '1 min',
  '1 hours': '1 hour',
  '1 days': '1 day',
  '1D': '1 day',
  '1W': '1 week',
  '1M': '1 month',
  '1 weeks': '1 week',
  '1 months': '1 month',
};

export function barSecondsOf(text: string): number | undefined {
  const name = aliases[text.trim()] ?? text.trim();
  return Object.hasOwn(barSizes, name) ? barSizes[name] : undefined;
}

export type DurationUnit = 'S' | 'D' | 'W' | 'M' | 'Y';

export interface Duration {
  readonly count: number;
  readonly unit: DurationUnit;
}

export function durationOf(text: string): Duration | undefined {
  const match = /^(\d{1,6}) ?([SDWMY])$/.exec(text.trim());
  if (!match) return undefined;
  const count = Number(match[1]);
  return count > 0 ? { count, unit: match[2] as DurationUnit } : undefined;
}

/** The longest duration per unit, and the smallest bar it may be cut into. */
const steps: Readonly<Record<DurationUnit, { readonly most: number; readonly smallest: number }>> =
  {
    S: { most: 86_400, smallest: 1 },
    D: { most: 365, smallest: 5 },
    W: { most: 52, smallest: 10 },
    M: { most: 12, smallest: 30 },
    Y: { most: 68, smallest: 60 },
  };
const longestInSeconds = 2000;

/** Why no answer can be that long; undefined when one can. */
export function durationRefusal(duration: Duration): string | undefined {
  const { most } = steps[duration.unit];
  if (duration.count > most) {
    return `Historical data request for durations longer than ${most} ${unitNames[duration.unit]} must be made in ${longer[duration.unit]}.`;
  }
  return undefined;
}

/** Why IBKR would not cut that duration into such bars; undefined when it would. */
export function stepRefusal(duration: Duration, barSeconds: number): string | undefined {
  const { smallest } = steps[duration.unit];
  if (barSeconds < smallest) return `invalid step: ${barSeconds}`;
  if (barSeconds === 1 && duration.count > longestInSeconds) return `invalid step: ${barSeconds}`;
  return undefined;
}

const unitNames: Readonly<Record<DurationUnit, string>> = {
  S: 'seconds',
  D: 'days',
  W: 'weeks',
  M: 'months',
  Y: 'years',
};
const longer: Readonly<Record<DurationUnit, string>> = {
  S: 'days',
  D: 'years',
  W: 'years',
  M: 'years',
  Y: 'fewer years',
};
