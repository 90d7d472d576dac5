import { Badge, Group, List, Progress, SimpleGrid, Stack, Table, Text } from '@mantine/core';
import type { Timeframe } from '../../shared/bar.ts';
import { age, plural } from '../../shared/format.ts';
import type { HealthLevel } from '../../shared/health.ts';
import type {
  CoverageState,
  HistoryActivity,
  HistoryView,
  WaitedFor,
} from '../../shared/history.ts';
import { CommandButton } from '../components/command-button.tsx';
import { Fact } from '../components/fact.tsx';
import { Level } from '../components/level-mark.tsx';
import { Moment } from '../components/moment.tsx';
import { Panel } from '../components/panel.tsx';
import { StackingTable } from '../components/stacking-table.tsx';
import { WatchlistPanel } from '../components/watchlist-panel.tsx';
import { useSlice } from '../store/link.ts';
import { useNow } from '../store/now.ts';

/** The bar files: what is whole, what is missing, and what is being done about it. */
export function History() {
  const history = useSlice('history');
  return (
    <Stack gap="md">
      <SimpleGrid cols={{ base: 1, lg: 2 }} spacing="md">
        <Work history={history} />
        <Stack gap="md">
          <WatchlistPanel watchlist={history.watchlist} />
          <Notices history={history} />
        </Stack>
      </SimpleGrid>
      <Coverage history={history} />
    </Stack>
  );
}

const activities: Readonly<Record<HistoryActivity['kind'], readonly [HealthLevel, string]>> = {
  stopped: ['paused', 'stopped'],
  loading: ['working', 'loading files'],
  idle: ['ok', 'nothing to do'],
  scanning: ['working', 'searching for gaps'],
  downloading: ['working', 'downloading'],
  filling: ['working', 'filling gaps'],
  paused: ['paused', 'paused'],
  waiting: ['paused', 'waiting'],
};

const waitsFor = {
  session: 'waiting for a session',
  reservation: 'waiting until the session is released',
  pacing: "waiting for IBKR's pacing",
  service: "waiting for IBKR's historical data service",
  rest: 'resting between two batches of the download',
} as const satisfies Readonly<Record<WaitedFor, string>>;

function Work({ history }: { history: HistoryView }) {
  const now = useNow();
  const { activity, download, fill, queue, pacing, lastScan, nextScanAt, counts } = history;
  const [level, word] = activities[activity.kind];
  const progress = download ?? fill;
  return (
    <Panel
      title="Gaps and downloads"
      aside={
        <Level level={level}>{activity.kind === 'waiting' ? waitsFor[activity.for] : word}</Level>
      }
    >
      {progress && (
        <Stack gap={4}>
          <Progress
            value={progress.total === 0 ? 100 : (progress.done / progress.total) * 100}
            aria-label="Progress"
          />
          <Text size="xs" c="dimmed">
            {progress.done} of {progress.total}
            {progress.current ? `, now ${progress.current}` : ''}
            {progress.msLeft === null ? '' : `, ${age(progress.msLeft)} left`}
            {progress.failed > 0 ? `, ${progress.failed} failed` : ''}
          </Text>
        </Stack>
      )}
      <Stack gap={2}>
        <Fact name="Files">{plural(counts.files, 'file')}</Fact>
        <Fact name="Bars">{counts.rows.toLocaleString('en-US')}</Fact>
        <Fact name="Missing">{counts.missing.toLocaleString('en-US')}</Fact>
        <Fact name="Gaps found, filled, failed">
          <span data-testid="gaps">
            {counts.gapsDetected}, {counts.gapsFilled}, {counts.gapsFailed}
          </span>
        </Fact>
        <Fact name="Requests waiting">
          {queue.length}
          {queue.people > 0 ? `, ${queue.people} asked for by you` : ''}
        </Fact>
        {pacing && (
          <Fact name="Requests left">
            {pacing.left} of {pacing.total}
          </Fact>
        )}
        <Fact name="Last scan">
          <span data-testid="last-scan">{lastScan ? `${age(now - lastScan.at)} ago` : 'none'}</span>
        </Fact>
        {nextScanAt !== null && nextScanAt > now && (
          <Fact name="Next scan in">{age(nextScanAt - now)}</Fact>
        )}
      </Stack>
      <Group gap="xs" align="flex-start">
        <CommandButton command="history.force-scan" input={{}}>
          Scan now
        </CommandButton>
        {history.paused ? (
          <CommandButton command="history.resume" input={{}}>
            Resume
          </CommandButton>
        ) : (
          <CommandButton command="history.pause" input={{}}>
            Pause
          </CommandButton>
        )}
        <CommandButton
          command="history.cancel"
          input={{}}
          disabled={queue.length === 0}
          confirm="Drops every request that waits; the next scan finds the gaps again."
        >
          Drop the queue
        </CommandButton>
        {download ? (
          <CommandButton command="download.cancel" input={{}}>
            Cancel the download
          </CommandButton>
        ) : (
          <CommandButton command="download.start" input={{}}>
            Download daily bars
          </CommandButton>
        )}
      </Group>
    </Panel>
  );
}

function Notices({ history }: { history: HistoryView }) {
  const now = useNow();
  const { notices } = history;
  const recentErrors = unsaid(history);
  return (
    <Panel title="Worth knowing">
      {notices.length === 0 && recentErrors.length === 0 && (
        <Text size="sm" c="dimmed">
          Nothing.
        </Text>
      )}
      {notices.map((notice) => (
        <Text size="sm" key={notice.id}>
          {notice.message} {notice.advice}
        </Text>
      ))}
      {recentErrors.length > 0 && (
        <List size="xs" c="dimmed">
          {recentErrors.slice(0, 5).map((error) => (
            <List.Item key={`${error.at}-${error.series}-${error.message}`}>
              {age(now - error.at)} ago: {error.message}
            </List.Item>
          ))}
        </List>
      )}
    </Panel>
  );
}

/** The errors that no notice tells already, word for word. */
function unsaid({ notices, recentErrors }: HistoryView): HistoryView['recentErrors'] {
  return recentErrors.filter(({ message }) => {
    const words = message.slice(message.indexOf(': ') + 2);
    return !notices.some((notice) => notice.message.includes(words));
  });
}

const coverageLevel: Readonly<Record<CoverageState, HealthLevel>> = {
  whole: 'ok',
  gaps: 'working',
  'old-gaps': 'warning',
  'no-calendar': 'warning',
  unstable: 'working',
  unusable: 'error',
};

const fileColumns = ['Ticker', 'Bars of', '>Rows', 'From', 'To', '>Missing', 'State', ''];

function Coverage({ history }: { history: HistoryView }) {
  return (
    <Panel title="Files">
      {history.coverage.length === 0 ? (
        <Text size="sm" c="dimmed">
          No bar file has been scanned yet.
        </Text>
      ) : (
        <StackingTable columns={fileColumns} maxHeight={480}>
          {history.coverage.map((series) => (
            <Table.Tr
              key={`${series.symbol}_${series.timeframe}`}
              data-series={`${series.symbol}_${series.timeframe}`}
            >
              <Table.Td fw={600} data-label="Ticker">
                {series.symbol}
              </Table.Td>
              <Table.Td data-label="Bars of">
                <Badge variant="default">{series.timeframe}</Badge>
              </Table.Td>
              <Table.Td className="numbers" data-label="Rows">
                {series.rows.toLocaleString('en-US')}
              </Table.Td>
              <Table.Td data-label="From">{day(series.first, series.timeframe)}</Table.Td>
              <Table.Td data-label="To">{day(series.last, series.timeframe)}</Table.Td>
              <Table.Td className="numbers" data-label="Missing">
                {series.missing.toLocaleString('en-US')}
              </Table.Td>
              <Table.Td data-label="State" title={series.notes.join(' ')}>
                <Level level={coverageLevel[series.state]}>{series.state}</Level>
              </Table.Td>
              <Table.Td>
                {series.missing > 0 && (
                  <CommandButton
                    command="history.fetch"
                    input={{ symbol: series.symbol, timeframe: series.timeframe }}
                    size="compact-xs"
                  >
                    Fetch now
                  </CommandButton>
                )}
              </Table.Td>
            </Table.Tr>
          ))}
        </StackingTable>
      )}
    </Panel>
  );
}

/** A daily bar is stamped with its date as UTC midnight; all others have a moment. */
function day(at: number | null, timeframe: Timeframe) {
  if (at === null) return null;
  return timeframe === '1d' ? (
    new Date(at).toISOString().slice(0, 10)
  ) : (
    <Moment at={at} as="date" />
  );
}
