import { Stack, Table, Text } from '@mantine/core';
import { age } from '../../shared/format.ts';
import { CommandButton } from '../components/command-button.tsx';
import { ForwardPanel } from '../components/forward-panel.tsx';
import { Panel } from '../components/panel.tsx';
import { useSlice } from '../store/link.ts';
import { useNow } from '../store/now.ts';

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
          <Table highlightOnHover>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>Address</Table.Th>
                <Table.Th ta="right">Connected for</Table.Th>
                <Table.Th ta="right">Requests</Table.Th>
                <Table.Th ta="right">Errors</Table.Th>
                <Table.Th>State</Table.Th>
                <Table.Th />
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {clients.map((client) => (
                <Table.Tr key={client.id} data-client={client.id}>
                  <Table.Td>{client.peer}</Table.Td>
                  <Table.Td className="numbers">{age(now - client.since)}</Table.Td>
                  <Table.Td className="numbers">{client.requests.toLocaleString('en-US')}</Table.Td>
                  <Table.Td className="numbers">{client.errors.toLocaleString('en-US')}</Table.Td>
                  <Table.Td>{client.paused ? 'does not read' : 'well'}</Table.Td>
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
            </Table.Tbody>
          </Table>
        )}
      </Panel>
    </Stack>
  );
}
