import { Badge, Group, List, SimpleGrid, Stack, Table, Text, Timeline } from '@mantine/core';
import type { ConnectionError, ConnectionView, FarmView } from '../../shared/connection.ts';
import { age } from '../../shared/format.ts';
import type { HealthLevel } from '../../shared/health.ts';
import { Fact } from '../components/fact.tsx';
import { Level, LevelMark } from '../components/level-mark.tsx';
import { Moment, ZoneNote } from '../components/moment.tsx';
import { Panel } from '../components/panel.tsx';
import { SessionButtons } from '../components/session-buttons.tsx';
import { SessionWords, sessionLevel } from '../components/session-words.tsx';
import { useSlice } from '../store/link.ts';
import { useNow } from '../store/now.ts';
import { AccountPanel } from './connection/account-panel.tsx';

/** The story of the session: how it is, what happened, and what each error means. */
export function Connection() {
  const connection = useSlice('connection');
  const { source } = useSlice('app');
  if (source === 'lightweight') {
    return (
      <Panel title="Session">
        <Text size="sm">{connection.sentence}</Text>
      </Panel>
    );
  }
  return (
    <SimpleGrid cols={{ base: 1, lg: 2 }} spacing="md">
      <Stack gap="md">
        <State connection={connection} />
        <AccountPanel />
        <Farms farms={connection.farms} open={connection.open} />
        <Errors errors={connection.errors} />
      </Stack>
      <Story timeline={connection.timeline} />
    </SimpleGrid>
  );
}

function State({ connection }: { connection: ConnectionView }) {
  const now = useNow();
  const { marketData, pacing } = connection;
  return (
    <Panel
      title="Session"
      aside={<Level level={sessionLevel(connection)}>{connection.phase}</Level>}
    >
      <SessionWords connection={connection} />
      <Stack gap={2}>
        <Fact name="Gateway">
          {connection.host}:{connection.port}
        </Fact>
        {connection.transportOpen && (
          <>
            <Fact name="Client id">{connection.clientId}</Fact>
            <Fact name="Server version">{connection.serverVersion ?? 'not told'}</Fact>
          </>
        )}
        {connection.open && <Fact name="Accounts">{connection.accounts.join(', ') || 'none'}</Fact>}
        <Fact name="In this state for">{age(now - connection.since)}</Fact>
        <Fact name="Attempts">
          {connection.attempts}, {connection.failedAttempts} failed
        </Fact>
        <Fact name="Reconnects">{connection.reconnectCount}</Fact>
        {connection.clockSkewMs !== null && (
          <Fact name="Gateway's clock">{(connection.clockSkewMs / 1_000).toFixed(1)} s off</Fact>
        )}
        {connection.open && (
          <>
            <Fact name="Market data">{marketData.serving ?? 'none yet'}</Fact>
            <Fact name="Lines">
              {marketData.linesUsed} of {marketData.linesBudget}
            </Fact>
          </>
        )}
        <Fact name="Historical requests">
          {pacing.used} of {pacing.limit} in {pacing.windowSeconds / 60} min
        </Fact>
      </Stack>
      <SessionButtons />
    </Panel>
  );
}

const farmLevel: Readonly<Record<FarmView['state'], HealthLevel>> = {
  ok: 'ok',
  broken: 'error',
  inactive: 'paused',
  connecting: 'working',
};

function Farms({ farms, open }: { farms: readonly FarmView[]; open: boolean }) {
  return (
    <Panel title="Data farms">
      {farms.length === 0 ? (
        <Text size="sm" c="dimmed">
          {open
            ? 'None has reported: IB Gateway connects them on demand.'
            : 'Nothing is known of them while there is no session.'}
        </Text>
      ) : (
        <Table>
          <Table.Tbody>
            {farms.map((farm) => (
              <Table.Tr key={farm.name}>
                <Table.Td>{farm.name}</Table.Td>
                <Table.Td c="dimmed">{farm.kind}</Table.Td>
                <Table.Td ta="right">
                  <Level level={farmLevel[farm.state]}>{farm.state}</Level>
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      )}
    </Panel>
  );
}

function Errors({ errors }: { errors: ConnectionView['errors'] }) {
  const now = useNow();
  const newest = [...errors].sort((a, b) => b.at - a.at).slice(0, 10);
  return (
    <Panel title="What IBKR reported">
      {newest.length === 0 && (
        <Text size="sm" c="dimmed">
          Nothing yet.
        </Text>
      )}
      {newest.map((error) => (
        <Stack key={`${error.at}-${error.code}-${error.symbol}-${error.request}`} gap={2}>
          <Group gap="xs">
            <Badge variant="default">{error.code}</Badge>
            <Text size="sm" fw={600}>
              {whatFor(error)}
            </Text>
            <Text size="xs" c="dimmed">
              {age(now - error.at)} ago
            </Text>
          </Group>
          <Text size="sm">{error.advice.meaning}</Text>
          <List size="xs" c="dimmed">
            {error.advice.todo.map((step) => (
              <List.Item key={step}>{step}</List.Item>
            ))}
          </List>
        </Stack>
      ))}
    </Panel>
  );
}

function whatFor({ symbol, request }: ConnectionError): string {
  return [symbol, request].filter((part) => part !== null).join(', ') || 'session';
}

const entryLevel = { info: 'ok', warning: 'warning', error: 'error' } as const;

function Story({ timeline }: { timeline: ConnectionView['timeline'] }) {
  const entries = [...timeline].reverse().slice(0, 60);
  return (
    <Panel title="What happened" aside={<ZoneNote />}>
      {entries.length === 0 ? (
        <Text size="sm" c="dimmed">
          Nothing yet.
        </Text>
      ) : (
        <Timeline bulletSize={18} lineWidth={2}>
          {entries.map((entry, index) => (
            <Timeline.Item
              // biome-ignore lint/suspicious/noArrayIndexKey: entries of one moment may be alike
              key={`${entry.at}-${index}`}
              bullet={
                <span className={`level-${entryLevel[entry.level]}`}>
                  <LevelMark level={entryLevel[entry.level]} size={12} />
                </span>
              }
            >
              <Text size="sm">{entry.text}</Text>
              <Text size="xs" c="dimmed">
                <Moment at={entry.at} />
              </Text>
            </Timeline.Item>
          ))}
        </Timeline>
      )}
    </Panel>
  );
}
