import { List, Text } from '@mantine/core';
import type { ConnectionView } from '../../shared/connection.ts';
import { dataTrouble } from '../../shared/feed-health.ts';
import type { HealthLevel } from '../../shared/health.ts';
import { Level } from './level-mark.tsx';
import { connectionLevel } from './levels.ts';

/** How the session is, in a sentence or two, and what to do about it. */
export function SessionWords({ connection }: { connection: ConnectionView }) {
  const trouble = dataTrouble(connection);
  const todo = [...connection.todo, ...(trouble?.todo ?? [])];
  return (
    <>
      <Text size="sm" data-testid="connection">
        {connection.sentence}
      </Text>
      {trouble && (
        <Text size="sm" component="div" data-testid="data-trouble">
          <Level level="warning">{trouble.sentence}.</Level>
        </Text>
      )}
      {todo.length > 0 && (
        <List size="sm" type="ordered">
          {todo.map((step) => (
            <List.Item key={step}>{step}</List.Item>
          ))}
        </List>
      )}
    </>
  );
}

/** A session that stands is well only when data comes. */
export function sessionLevel(connection: ConnectionView): HealthLevel {
  if (connection.needsAttention) return 'error';
  return dataTrouble(connection) ? 'warning' : connectionLevel[connection.phase];
}
