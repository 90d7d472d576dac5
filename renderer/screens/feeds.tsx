import { Group, SegmentedControl, TextInput } from '@mantine/core';
import { useState } from 'react';
import type { FeedRow } from '../../shared/feeds.ts';
import { plural } from '../../shared/format.ts';
import { FreshnessTable } from '../components/freshness-table.tsx';
import { Panel } from '../components/panel.tsx';
import { useFeedRows } from '../store/feed-rows.ts';

type Order = 'written' | 'name' | 'oldest';

/** Every ticker, to search and to sort. */
export function Feeds() {
  const rows = useFeedRows();
  const [filter, setFilter] = useState('');
  const [order, setOrder] = useState<Order>('written');
  const chosen = choose(rows, filter, order);
  return (
    <Panel
      title={plural(rows.length, 'ticker')}
      aside={
        <Group gap="xs">
          <TextInput
            size="xs"
            placeholder="Filter"
            aria-label="Filter the tickers"
            value={filter}
            onChange={(event) => setFilter(event.currentTarget.value)}
          />
          <SegmentedControl
            size="xs"
            aria-label="Order"
            value={order}
            onChange={(value) => setOrder(value as Order)}
            data={[
              { value: 'written', label: 'As listed' },
              { value: 'name', label: 'A to Z' },
              { value: 'oldest', label: 'Oldest first' },
            ]}
          />
        </Group>
      }
    >
      <FreshnessTable rows={chosen} height={640} />
    </Panel>
  );
}

function choose(all: readonly FeedRow[], filter: string, order: Order): readonly FeedRow[] {
  const wanted = filter.trim().toUpperCase();
  const rows = all.filter(({ symbol }) => symbol.toUpperCase().includes(wanted));
  if (order === 'name') rows.sort((a, b) => a.symbol.localeCompare(b.symbol));
  // What never had a quote is older than anything.
  if (order === 'oldest') rows.sort((a, b) => (a.quote?.at ?? 0) - (b.quote?.at ?? 0));
  return rows;
}
