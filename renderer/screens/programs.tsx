import { Stack, Table, Text } from '@mantine/core';
import { age } from '../../shared/format.ts';
import { CommandButton } from '../components/command-button.tsx';
import { ForwardPanel } from '../components/forward-panel.tsx';
import { Panel } from '../components/panel.tsx';
import { StackingTable } from '../components/stacking-table.tsx';
import { useSlice } from '../store/link.ts';
import { useNow } from '../store/now.ts';

const columns = ['Address', '>Connected for', '>Requests', '>Errors', 'State', ''];

/** The programs that are connected over TCP. */
export function Programs() {
  const clients = useSlice('clients');
  const { ndjson } = useSlice('app');
  const forward = useSlice('forward');
  const now = useNow();
  return (
    <Stack gap="md">
      {forward && <ForwardPanel forward={forward} />}
      <Panel title="Connected programs">
        {clients.length === 0 ? (
          <Text size="sm" c="dimmed">
            No program is connected{ndjson ? ` to ${ndjson.host}:${ndjson.port}` : ''}.
          </Text>
        ) : (
          <StackingTable columns={columns}>
            {clients.map((client) => (
              <Table.Tr key={client.id} data-client={client.id}>
                <Table.Td data-label="Address">{client.peer}</Table.Td>
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
                    confirm={`Closes the connection of ${client.peer}.`}
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
