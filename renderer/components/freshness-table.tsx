import { Anchor, Text } from '@mantine/core';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useRef } from 'react';
import { type FeedRow, quotesFlow } from '../../shared/feeds.ts';
import { age } from '../../shared/format.ts';
import { useSlice } from '../store/link.ts';
import { useNow } from '../store/now.ts';
import { priceText, volumeText } from './figures.ts';
import classes from './freshness-table.module.css';
import { Level } from './level-mark.tsx';
import { kindOf, rowState } from './row-state.ts';

interface Props {
  readonly rows: readonly FeedRow[];
  readonly height: number;
}

const rowHeight = 30;

/** One row a ticker, however many there are: only those in sight are drawn. */
export function FreshnessTable({ rows, height }: Props) {
  const scroller = useRef<HTMLDivElement>(null);
  const drawn = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    getItemKey: (index) => (rows[index] as FeedRow).symbol,
    overscan: 8,
  });
  if (rows.length === 0) {
    return (
      <Text size="sm" c="dimmed">
        No ticker is followed, and none has a quote yet. Which are wanted stands in the{' '}
        <Anchor href="#history">watchlist</Anchor>.
      </Text>
    );
  }
  return (
    // biome-ignore lint/a11y/useSemanticElements: a table element cannot draw only the rows in sight.
    <div role="table" aria-label="Tickers and their freshness" aria-rowcount={rows.length + 1}>
      {/* biome-ignore lint/a11y/useSemanticElements: as above */}
      {/* biome-ignore lint/a11y/useFocusableInteractive: a heading row is not operated */}
      <div role="row" className={`${classes.row} ${classes.head}`}>
        {['Ticker', 'Last', 'Volume', 'Age', 'Ticks/s', 'Data', 'State'].map((name) => (
          // biome-ignore lint/a11y/useSemanticElements: as above
          // biome-ignore lint/a11y/useFocusableInteractive: a heading is not operated
          <span role="columnheader" key={name}>
            {name}
          </span>
        ))}
      </div>
      <div ref={scroller} className={classes.scroller} style={{ maxHeight: height }}>
        <div style={{ height: drawn.getTotalSize(), position: 'relative' }}>
          {drawn.getVirtualItems().map((item) => (
            <Row
              key={item.key}
              row={rows[item.index] as FeedRow}
              index={item.index}
              top={item.start}
              measure={drawn.measureElement}
            />
          ))}
        </div>
      </div>
    </div>
  );
}

interface RowProps {
  readonly row: FeedRow;
  readonly index: number;
  readonly top: number;
  readonly measure: (element: HTMLElement | null) => void;
}

function Row({ row, index, top, measure }: RowProps) {
  const now = useNow();
  const app = useSlice('app');
  const connection = useSlice('connection');
  const { symbol, quote, feed } = row;
  const flows = quotesFlow({ app, connection });
  const [level, word] = rowState(row, flows, now, app.freshnessMs);
  const cells = [
    quote && priceText(symbol, quote.last),
    quote && volumeText(quote.volume),
    quote && age(now - quote.at),
    quote?.rate.toFixed(1),
  ];
  return (
    // biome-ignore lint/a11y/useSemanticElements: a table element cannot draw only the rows in sight.
    // biome-ignore lint/a11y/useFocusableInteractive: the row is read, not operated
    <div
      role="row"
      aria-rowindex={index + 2}
      ref={measure}
      data-index={index}
      className={classes.row}
      style={{ position: 'absolute', top, left: 0, right: 0, minHeight: rowHeight }}
      data-ticker={symbol}
    >
      {/* biome-ignore lint/a11y/useSemanticElements: as above */}
      <b role="cell" title={symbol}>
        {symbol}
      </b>
      {cells.map((text, column) => (
        // biome-ignore lint/a11y/useSemanticElements: as above
        // biome-ignore lint/suspicious/noArrayIndexKey: columns never move
        <span role="cell" key={column} className="numbers">
          {text ?? '–'}
        </span>
      ))}
      {/* biome-ignore lint/a11y/useSemanticElements: as above */}
      <span role="cell">{kindOf(row, flows)}</span>
      {/* biome-ignore lint/a11y/useSemanticElements: as above */}
      <span role="cell">
        <Level level={level}>{word}</Level>
      </span>
      {flows && feed?.problem && (
        // biome-ignore lint/a11y/useSemanticElements: as above
        <span role="cell" className={classes.problem}>
          {feed.problem}
        </span>
      )}
    </div>
  );
}
