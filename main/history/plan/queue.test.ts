import { expect, it } from 'vitest';
import type { PlannedRequest } from './planner.ts';
import { RequestQueue } from './queue.ts';

function request(symbol: string, to: number): PlannedRequest {
  return {
    symbol,
    timeframe: '5m',
    hours: 'all',
    end: to + 1,
    duration: { count: 1, unit: 'D' },
    from: to,
    to,
    days: 1,
    holes: 1,
  };
}

const order = (queue: RequestQueue) => queue.items().map(({ symbol, to }) => `${symbol}${to}`);

it('gives people’s requests first and takes turns between symbols after that', () => {
  const queue = new RequestQueue(undefined);
  queue.add([request('A', 9), request('A', 8), request('B', 5)], 'filler', 0);
  queue.add([request('C', 1), request('C', 2)], 'person', 0);
  expect(order(queue)).toEqual(['C1', 'C2', 'A9', 'B5', 'A8']);
  queue.promote({ symbol: 'B', timeframe: '5m' });
  expect(order(queue).slice(0, 3).sort()).toEqual(['B5', 'C1', 'C2']);
  expect(order(queue).slice(3)).toEqual(['A9', 'A8']);
});

it('is the same after a restart, without what cannot be understood', () => {
  const queue = new RequestQueue(undefined);
  queue.add([request('A', 9), request('B', 5)], 'filler', 7);
  const [first] = queue.items();
  queue.delay(first?.id ?? 0, 100);
  const saved = JSON.parse(JSON.stringify(queue.takeChanges()));
  expect(queue.takeChanges()).toBeUndefined();
  const next = new RequestQueue([
    ...saved,
    null,
    5,
    { symbol: 'X' },
    { ...saved[0], duration: {} },
  ]);
  expect(next.items()).toEqual(queue.items());
  expect(next.items()[0]).toMatchObject({ attempts: 1, notBefore: 100, queuedAt: 7 });
  const [added] = next.add([request('C', 3)], 'filler', 8);
  expect(saved.map(({ id }: { id: number }) => id)).not.toContain(added?.id);
});

it('forgets one request, one series, one symbol or all', () => {
  const queue = new RequestQueue(undefined);
  const [a] = queue.add([request('A', 1), request('A', 2), request('B', 3)], 'filler', 0);
  queue.remove(a?.id ?? 0);
  expect(queue.waiting({ symbol: 'A', timeframe: '5m' })).toHaveLength(1);
  queue.removeSeries({ symbol: 'A', timeframe: '5m' });
  expect(order(queue)).toEqual(['B3']);
  queue.removeSymbol('B');
  queue.add([request('C', 1)], 'person', 0);
  expect(queue.clear('filler')).toBe(0);
  expect(queue.clear()).toBe(1);
  expect(queue.length).toBe(0);
});
