import { List, Stack, Text } from '@mantine/core';
import { age } from '../../../shared/format.ts';
import { Fact } from '../../components/fact.tsx';
import { Level } from '../../components/level-mark.tsx';
import { connectionLevel } from '../../components/levels.ts';
import { Panel } from '../../components/panel.tsx';
import { useSlice } from '../../store/link.ts';
import { useNow } from '../../store/now.ts';

export function SessionPanel() {
  const connection = useSlice('connection');
  const { source } = useSlice('app');
  const now = useNow();
  const { phase, sentence, todo, nextRetryAt, connectedAt } = connection;
  const level = connection.needsAttention ? 'error' : connectionLevel[phase];
  return (
    <Panel title="Session" aside={<Level level={level}>{phase}</Level>}>
      <Text size="sm" data-testid="connection">
        {sentence}
      </Text>
      {todo.length > 0 && (
        <List size="sm" type="ordered">
          {todo.map((step) => (
            <List.Item key={step}>{step}</List.Item>
          ))}
        </List>
      )}
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
    </Panel>
  );
}
