import { Code, Stack } from '@mantine/core';
import { age } from '../../../shared/format.ts';
import { Fact } from '../../components/fact.tsx';
import { Level } from '../../components/level-mark.tsx';
import { Panel } from '../../components/panel.tsx';
import { useSlice } from '../../store/link.ts';
import { useNow } from '../../store/now.ts';

export function SnapshotPanel() {
  const { epoch, lastUpdateMs, tickers, shm } = useSlice('snapshot');
  const { ndjson } = useSlice('app');
  const now = useNow();
  return (
    <Panel
      title="Snapshot"
      aside={shm ? <Level level="ok">shared</Level> : <Level level="paused">not shared</Level>}
    >
      <Stack gap={2}>
        <Fact name="Epoch">
          <span data-testid="epoch">{epoch.toLocaleString('en-US')}</span>
        </Fact>
        <Fact name="Last batch">
          {lastUpdateMs === 0 ? 'none yet' : `${age(now - lastUpdateMs)} ago`}
        </Fact>
        <Fact name="Tickers">{tickers}</Fact>
        <Fact name="Shared memory">
          {shm ? (
            <>
              <Code>{shm.dictionary}</Code> <Code>{shm.columnar}</Code>
            </>
          ) : (
            'off'
          )}
        </Fact>
        {ndjson && (
          <Fact name="NDJSON">
            <Code>
              {ndjson.host}:{ndjson.port}
            </Code>
          </Fact>
        )}
      </Stack>
    </Panel>
  );
}
