import { SimpleGrid, Stack } from '@mantine/core';
import { FreshnessTable } from '../components/freshness-table.tsx';
import { Panel } from '../components/panel.tsx';
import { useFeedRows } from '../store/feed-rows.ts';
import { ReservationPanel } from './overview/reservation-panel.tsx';
import { ServicesPanel } from './overview/services-panel.tsx';
import { SessionPanel } from './overview/session-panel.tsx';
import { SnapshotPanel } from './overview/snapshot-panel.tsx';

/** Everything that matters at a glance. */
export function Overview() {
  const rows = useFeedRows();
  return (
    <Stack gap="md">
      <SimpleGrid cols={{ base: 1, md: 3 }} spacing="md">
        <SessionPanel />
        <ReservationPanel />
        <SnapshotPanel />
      </SimpleGrid>
      <ServicesPanel />
      <Panel title="Freshness">
        <FreshnessTable rows={rows} height={360} />
      </Panel>
    </Stack>
  );
}
