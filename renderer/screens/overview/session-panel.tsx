import { Stack } from '@mantine/core';
import { age } from '../../../shared/format.ts';
import { Fact } from '../../components/fact.tsx';
import { Level } from '../../components/level-mark.tsx';
import { Panel } from '../../components/panel.tsx';
import { ConnectButton } from '../../components/session-buttons.tsx';
import { SessionWords, sessionLevel } from '../../components/session-words.tsx';
import { useSlice } from '../../store/link.ts';
import { useNow } from '../../store/now.ts';

export function SessionPanel() {
  const connection = useSlice('connection');
  const { source } = useSlice('app');
  const now = useNow();
  const { phase, nextRetryAt, connectedAt } = connection;
  return (
    <Panel title="Session" aside={<Level level={sessionLevel(connection)}>{phase}</Level>}>
      <SessionWords connection={connection} />
      <Stack gap={2}>
        {source !== 'lightweight' && (
          <Fact name="Gateway">
            {connection.host}:{connection.port}
          </Fact>
        )}
        {connectedAt !== null && <Fact name="Connected for">{age(now - connectedAt)}</Fact>}
        {nextRetryAt !== null && nextRetryAt > now && (
          <Fact name="Next attempt in">{age(nextRetryAt - now)}</Fact>
        )}
        {connection.accounts.length > 0 && (
          <Fact name="Accounts">{connection.accounts.join(', ')}</Fact>
        )}
      </Stack>
      <ConnectButton />
    </Panel>
  );
}
