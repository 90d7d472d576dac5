import { expect, it } from 'vitest';
import type { IbkrService } from '../ibkr/ports.ts';
import { historySource } from './history-source.ts';

it('has no budget left while the session waits after a pacing violation', () => {
  let pausedUntil: number | null = null;
  const ibkr = { pacing: () => ({ used: 20, limit: 60, pausedUntil }) } as unknown as IbkrService;
  const source = historySource(ibkr);
  expect(source.pacing()).toEqual({ left: 40, total: 60 });
  pausedUntil = Date.UTC(2026, 0, 5);
  expect(source.pacing()).toEqual({ left: 0, total: 60 });
});
