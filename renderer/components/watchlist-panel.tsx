import { Button, Group, Pill, Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import { plural } from '../../shared/format.ts';
import { Panel } from './panel.tsx';
import { useCommand } from './use-command.ts';

/** The tickers to keep, to add to and to take from while everything runs. */
export function WatchlistPanel({ watchlist }: { watchlist: readonly string[] }) {
  const [symbol, setSymbol] = useState('');
  const add = useCommand('watchlist.add');
  const remove = useCommand('watchlist.remove');
  const fault = add.fault ?? remove.fault;
  const submit = async () => {
    if (await add.send({ symbol: symbol.trim().toUpperCase() })) setSymbol('');
  };
  return (
    <Panel title="Watchlist" aside={<Text size="sm">{plural(watchlist.length, 'ticker')}</Text>}>
      <Group gap={6} mah={160} style={{ overflowY: 'auto' }}>
        {watchlist.map((name) => (
          <Pill
            key={name}
            withRemoveButton
            removeButtonProps={{
              'aria-label': `Take ${name} off the watchlist`,
              'aria-hidden': false,
              tabIndex: 0,
            }}
            onRemove={() => void remove.send({ symbol: name })}
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
        <Group gap="xs">
          <TextInput
            size="xs"
            placeholder="AAPL, BRK.B, EUR.USD, ES"
            aria-label="Ticker to add"
            value={symbol}
            onChange={(event) => setSymbol(event.currentTarget.value)}
          />
          <Button
            size="xs"
            variant="default"
            type="submit"
            loading={add.busy}
            disabled={!symbol.trim()}
          >
            Add
          </Button>
        </Group>
      </form>
      {fault && (
        <Text size="xs" role="alert" className="level-error">
          {fault.message} {fault.advice}
        </Text>
      )}
    </Panel>
  );
}
