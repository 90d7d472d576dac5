import { Group, Stack, Text } from '@mantine/core';
import { sessionActions } from '../../shared/session-actions.ts';
import { useSlice } from '../store/link.ts';
import { useNow } from '../store/now.ts';
import { CommandButton } from './command-button.tsx';

function useSessionActions() {
  const app = useSlice('app');
  const connection = useSlice('connection');
  const reservation = useSlice('reservation');
  return sessionActions({ app, connection, reservation }, useNow());
}

/** All that can be done with the session; what would do nothing now is off, and says why. */
export function SessionButtons() {
  const { connect, reconnect, disconnect } = useSessionActions();
  const off = [
    ['Connect', connect],
    ['Reconnect', reconnect],
    ['Disconnect', disconnect],
  ] as const;
  const reasons = [...new Set(off.flatMap(([, why]) => why ?? []))];
  return (
    <Stack gap={4}>
      <Group gap="xs" align="flex-start">
        <CommandButton command="connection.connect" input={{}} disabled={connect !== null}>
          Connect
        </CommandButton>
        <CommandButton
          command="connection.reconnect"
          input={{}}
          disabled={reconnect !== null}
          confirm="Closes the session and opens a new one: quotes pause meanwhile."
        >
          Reconnect
        </CommandButton>
        <CommandButton
          command="connection.disconnect"
          input={{}}
          disabled={disconnect !== null}
          confirm="Quotes stop until somebody connects again."
        >
          Disconnect
        </CommandButton>
      </Group>
      {reasons.map((why) => (
        <Text key={why} size="xs" c="dimmed" data-testid="why-off">
          {off.flatMap(([name, own]) => (own === why ? name : [])).join(', ')}: {why}
        </Text>
      ))}
    </Stack>
  );
}

/** The one step that brings a session back, where there is none and it can be taken. */
export function ConnectButton() {
  const { connect } = useSessionActions();
  if (connect !== null) return null;
  return (
    <CommandButton command="connection.connect" input={{}}>
      Connect
    </CommandButton>
  );
}
