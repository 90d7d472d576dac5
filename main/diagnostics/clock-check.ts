import type { Check } from './check.ts';

/** A clock far off makes bars late, tokens expired and trading hours wrong. */
export function clockCheck(now: () => number, builtAfterMs: number): Check {
  return {
    name: 'Clock',
    async run() {
      const time = now();
      if (time < builtAfterMs) {
        return {
          verdict: 'bad',
          sentence: `this machine says ${new Date(time).toISOString()}, which is before this program was made`,
          steps: ['Set the clock, or switch on time synchronisation (NTP).'],
        };
      }
      const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
      return { verdict: 'good', sentence: `${new Date(time).toISOString()}, zone ${zone}` };
    },
  };
}
