import fc from 'fast-check';
import { expect, it } from 'vitest';
import { EmptyList } from './empty-list.ts';

const series = { symbol: 'AAPL', timeframe: '1m' } as const;

it('leaves out exactly the bars that were found empty, however they were told', () => {
  const spans = fc.array(fc.tuple(fc.nat(200), fc.nat(9)), { maxLength: 20 }).map((some) => {
    const sorted = some
      .map(([from, length]) => ({ from, to: from + length }))
      .sort((a, b) => a.from - b.from);
    return sorted.filter(({ from }, nth) => nth === 0 || from > (sorted[nth - 1]?.to ?? 0));
  });
  fc.assert(
    fc.property(fc.array(spans, { maxLength: 6 }), (batches) => {
      const list = new EmptyList(undefined);
      const empty = new Set<number>();
      for (const batch of batches) {
        const apart = batch.filter(({ from }, nth) =>
          batch.slice(0, nth).every(({ to }) => to < from),
        );
        list.add(
          series,
          apart.map((span) => ({ ...span, emptiness: 'beside-others' })),
          0,
        );
        for (const { from, to } of apart) for (let t = from; t <= to; t++) empty.add(t);
      }
      const all = Float64Array.from({ length: 220 }, (_, t) => t);
      expect([...list.worthAsking(series, all, 1)]).toEqual([...all].filter((t) => !empty.has(t)));
    }),
  );
});
