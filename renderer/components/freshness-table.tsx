import { Text } from '@mantine/core';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useRef } from 'react';
import { age } from '../../shared/format.ts';
import type { HealthLevel } from '../../shared/health.ts';
import type { TickerView } from '../../shared/state.ts';
import { useSlice } from '../store/link.ts';
import { useNow } from '../store/now.ts';
import classes from './freshness-table.module.css';
import { Level } from './level-mark.tsx';

interface Props {
  readonly tickers: Readonly<Record<string, TickerView>>;
  readonly height: number;
}

const rowHeight = 30;

/** One row a ticker, however many there are: only those in sight are drawn. */
export function FreshnessTable({ tickers, height }: Props) {
  const names = Object.keys(tickers);
  const scroller = useRef<HTMLDivElement>(null);
  const rows = useVirtualizer({
    count: names.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 8,
  });
  if (names.length === 0) {
    return (
      <Text size="sm" c="dimmed">
        No ticker has a quote yet.
      </Text>
    );
  }
  return (
    // biome-ignore lint/a11y/useSemanticElements: a table element cannot draw only the rows in sight.
    <div role="table" aria-label="Tickers and their freshness" aria-rowcount={names.length + 1}>
      {/* biome-ignore lint/a11y/useSemanticElements: as above */}
      {/* biome-ignore lint/a11y/useFocusableInteractive: a heading row is not operated */}
      <div role="row" className={`${classes.row} ${classes.head}`}>
        {['Ticker', 'Last', 'Volume', 'Age', 'Ticks/s', 'State'].map((name) => (
          // biome-ignore lint/a11y/useSemanticElements: as above
          // biome-ignore lint/a11y/useFocusableInteractive: a heading is not operated
          <span role="columnheader" key={name}>
            {name}
          </span>
        ))}
      </div>
      <div ref={scroller} className={classes.scroller} style={{ maxHeight: height }}>
        <div style={{ height: rows.getTotalSize(), position: 'relative' }}>
          {rows.getVirtualItems().map((item) => {
            const name = names[item.index] as string;
            return (
              <Row
                key={name}
                name={name}
                view={tickers[name] as TickerView}
                index={item.index}
                top={item.start}
              />
            );
          })}
        </div>
      </div>
    </div>
  );
}

interface RowProps {
  readonly name: string;
  readonly view: TickerView;
  readonly index: number;
  readonly top: number;
}

function Row({ name, view, index, top }: RowProps) {
  const now = useNow();
  const { freshnessMs } = useSlice('app');
  const [level, word] = freshness(view, now, freshnessMs);
  const cells = [
    view.last.toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 5 }),
    view.volume.toLocaleString('en-US'),
    age(now - view.at),
    view.rate.toFixed(1),
  ];
  return (
    // biome-ignore lint/a11y/useSemanticElements: a table element cannot draw only the rows in sight.
    // biome-ignore lint/a11y/useFocusableInteractive: the row is read, not operated
    <div
      role="row"
      aria-rowindex={index + 2}
      className={classes.row}
      style={{ position: 'absolute', top, left: 0, right: 0, height: rowHeight }}
      data-ticker={name}
    >
      {/* biome-ignore lint/a11y/useSemanticElements: as above */}
      <b role="cell">{name}</b>
      {cells.map((text, column) => (
        // biome-ignore lint/a11y/useSemanticElements: as above
        // biome-ignore lint/suspicious/noArrayIndexKey: columns never move
        <span role="cell" key={column} className="numbers">
          {text}
        </span>
      ))}
      {/* biome-ignore lint/a11y/useSemanticElements: as above */}
      <span role="cell">
        <Level level={level}>{word}</Level>
      </span>
    </div>
  );
}

/** A bar's price is old by nature; only a tick that stopped coming is a worry. */
function freshness(view: TickerView, now: number, freshnessMs: number): [HealthLevel, string] {
  const stale = now - view.at > freshnessMs;
  if (view.source === 'bar') return stale ? ['paused', 'daily bar'] : ['ok', 'new bar'];
  return stale ? ['warning', 'stale'] : ['ok', 'fresh'];
}
