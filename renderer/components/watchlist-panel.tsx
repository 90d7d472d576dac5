import { Button, Group, Pill, Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import { plural } from '../../shared/format.ts';
import { useMirror, useSlice } from '../store/link.ts';
import { Panel } from './panel.tsx';
import { whyNoTicker, writtenTickers } from './written-tickers.ts';

/** The tickers to keep, to add to and to take from while everything runs. */
export function WatchlistPanel({ watchlist }: { watchlist: readonly string[] }) {
  const [text, setText] = useState('');
  const [busy, setBusy] = useState(false);
  const [faults, setFaults] = useState<readonly string[]>([]);
  const { watchlistFixedBy } = useSlice('app');
  const transport = useMirror((mirror) => mirror.transport);
  const ask = async (command: 'watchlist.add' | 'watchlist.remove', symbol: string) => {
    const result = await transport?.call(command, { symbol });
    return result?.ok === false ? `${result.error.message} ${result.error.advice ?? ''}` : null;
  };
  const submit = async () => {
    setBusy(true);
    const left: string[] = [];
    const because: string[] = [];
    for (const symbol of writtenTickers(text)) {
      const fault = whyNoTicker(symbol) ?? (await ask('watchlist.add', symbol));
      if (fault === null) continue;
      left.push(symbol);
      because.push(fault);
    }
    setBusy(false);
    setText(left.join(', '));
    setFaults(because);
  };
  const remove = async (symbol: string) => {
    const fault = await ask('watchlist.remove', symbol);
    setFaults(fault === null ? [] : [fault]);
  };
  return (
    <Panel title="Watchlist" aside={<Text size="sm">{plural(watchlist.length, 'ticker')}</Text>}>
      <Group gap={6} mah={160} style={{ overflowY: 'auto' }}>
        {watchlist.map((name) => (
          <Pill
            key={name}
            maw="100%"
            withRemoveButton
            removeButtonProps={{
              'aria-label': `Take ${name} off the watchlist`,
              'aria-hidden': false,
              tabIndex: 0,
            }}
            onRemove={() => void remove(name)}
          >
            {name}
          </Pill>
        ))}
      </Group>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <Group gap="xs" wrap="nowrap">
          <TextInput
            size="xs"
            flex={1}
            maw={360}
            placeholder="AAPL, BRK.B, EUR.USD, ES"
            aria-label="Tickers to add, with commas or blanks between"
            title="One ticker or several, with commas or blanks between"
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
          />
          <Button
            size="xs"
            variant="default"
            type="submit"
            loading={busy}
            disabled={writtenTickers(text).length === 0}
          >
            Add
          </Button>
        </Group>
      </form>
      {watchlistFixedBy && (
        <Text size="xs" c="dimmed" data-testid="watchlist-fixed">
          The list of the {watchlistFixedBy} holds again at the next start, whatever is changed
          here.
        </Text>
      )}
      {faults.map((fault) => (
        <Text
          key={fault}
          size="xs"
          role="alert"
          className="level-error"
          style={{ overflowWrap: 'anywhere' }}
        >
          {fault.trim()}
        </Text>
      ))}
    </Panel>
  );
}
