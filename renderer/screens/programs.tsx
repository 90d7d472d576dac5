import { Stack, Table, Text } from '@mantine/core';
import { age } from '../../shared/format.ts';
import type { ClientView } from '../../shared/state.ts';
import { CommandButton } from '../components/command-button.tsx';
import { ForwardPanel } from '../components/forward-panel.tsx';
import { Level } from '../components/level-mark.tsx';
import { Panel } from '../components/panel.tsx';
import { StackingTable } from '../components/stacking-table.tsx';
import { useSlice } from '../store/link.ts';
import { useNow } from '../store/now.ts';

const columns = ['Program', 'Session', '>Connected for', '>Requests', '>Errors', 'State', ''];

const parts = {
  holds: <Level level="ok">holds it</Level>,
  waits: <Level level="paused">waits for it</Level>,
  none: null,
} as const;

/** The programs that are connected over TCP. */
export function Programs() {
  const clients = useSlice('clients');
  const { ndjson } = useSlice('app');
  const forward = useSlice('forward');
  const reservation = useSlice('reservation');
  const now = useNow();
  return (
    <Stack gap="md">
      {forward && <ForwardPanel forward={forward} />}
      <Panel title="Connected programs">
        {reservation.state !== 'free' && clients.every(({ session }) => session !== 'holds') && (
          <Level level="warning">
            The session is lent to {reservation.holder}, which is not connected.
          </Level>
        )}
        {clients.length === 0 ? (
          <Text size="sm" c="dimmed">
            No program is connected{ndjson ? ` to ${ndjson.host}:${ndjson.port}` : ''}.
          </Text>
        ) : (
          <StackingTable columns={columns}>
            {clients.map((client) => (
              <Table.Tr key={client.id} data-client={client.id}>
                <Table.Td data-label="Program">
                  <div>
                    {client.name !== null && (
                      <Text size="sm" fw={600}>
                        {client.name}
                      </Text>
                    )}
                    <Text size={client.name === null ? 'sm' : 'xs'}>{client.peer}</Text>
                  </div>
                </Table.Td>
                <Table.Td data-label="Session">{parts[client.session ?? 'none']}</Table.Td>
                <Table.Td className="numbers" data-label="Connected for">
                  {age(now - client.since)}
                </Table.Td>
                <Table.Td className="numbers" data-label="Requests">
                  {client.requests.toLocaleString('en-US')}
                </Table.Td>
                <Table.Td className="numbers" data-label="Errors">
                  {client.errors.toLocaleString('en-US')}
                </Table.Td>
                <Table.Td data-label="State">{client.paused ? 'does not read' : 'well'}</Table.Td>
                <Table.Td>
                  <CommandButton
                    command="client.disconnect"
                    input={{ id: client.id }}
                    size="compact-xs"
                    confirm={question(client)}
                  >
                    Disconnect
                  </CommandButton>
                </Table.Td>
              </Table.Tr>
            ))}
          </StackingTable>
        )}
      </Panel>
    </Stack>
  );
}

function question({ name, peer, session }: ClientView): string {
  const closes = `Closes the connection of ${name ?? peer}.`;
  return session === 'holds' ? `${closes} It holds the session.` : closes;
}
