import { Group, SegmentedControl, TextInput } from '@mantine/core';
import { useState } from 'react';
import { plural } from '../../shared/format.ts';
import type { TickerView } from '../../shared/state.ts';
import { FreshnessTable } from '../components/freshness-table.tsx';
import { Panel } from '../components/panel.tsx';
import { useSlice } from '../store/link.ts';

type Order = 'written' | 'name' | 'oldest';

/** Every ticker, to search and to sort. */
export function Feeds() {
  const tickers = useSlice('tickers');
  const [filter, setFilter] = useState('');
  const [order, setOrder] = useState<Order>('written');
  const chosen = choose(tickers, filter, order);
  return (
    <Panel
      title={plural(Object.keys(tickers).length, 'ticker')}
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
      <FreshnessTable tickers={chosen} height={640} />
    </Panel>
  );
}

function choose(
  tickers: Readonly<Record<string, TickerView>>,
  filter: string,
  order: Order,
): Readonly<Record<string, TickerView>> {
  const wanted = filter.trim().toUpperCase();
  const rows = Object.entries(tickers).filter(([name]) => name.toUpperCase().includes(wanted));
  if (order === 'name') rows.sort(([a], [b]) => a.localeCompare(b));
  if (order === 'oldest') rows.sort(([, a], [, b]) => a.at - b.at);
  return Object.fromEntries(rows);
}
