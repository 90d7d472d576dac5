import { Group, Stack, Text } from '@mantine/core';
import { age, plural } from '../../../shared/format.ts';
import type { ReservationView } from '../../../shared/reservation.ts';
import { CommandButton } from '../../components/command-button.tsx';
import { Fact } from '../../components/fact.tsx';
import { Level } from '../../components/level-mark.tsx';
import { Panel } from '../../components/panel.tsx';
import { useSlice } from '../../store/link.ts';
import { useNow } from '../../store/now.ts';

export function ReservationPanel() {
  const reservation = useSlice('reservation');
  return reservation.state === 'free' ? <Free /> : <Reserved reservation={reservation} />;
}

function Free() {
  return (
    <Panel title="Reservation" aside={<Level level="ok">free</Level>}>
      <Text size="sm" data-testid="reservation">
        Nobody holds the session: a program may acquire it.
      </Text>
    </Panel>
  );
}

function Reserved({ reservation }: { reservation: ReservationView }) {
  const now = useNow();
  const { holder, since, expiresAt, orphaned, recalled, queueLength } = reservation;
  return (
    <Panel
      title="Reservation"
      aside={
        <Level level={orphaned ? 'warning' : 'paused'}>{orphaned ? 'orphaned' : 'reserved'}</Level>
      }
    >
      <Text size="sm" data-testid="reservation">
        The session is lent to <b>{holder}</b>
        {orphaned ? ', whose connection has closed.' : '.'}
        {recalled ? ' It was asked to give it back.' : ''}
      </Text>
      <Stack gap={2}>
        {since !== null && <Fact name="For">{age(now - since)}</Fact>}
        {expiresAt !== null && <Fact name="Ends in">{age(expiresAt - now)}</Fact>}
        {queueLength > 0 && <Fact name="Waiting">{plural(queueLength, 'program')}</Fact>}
      </Stack>
      <Group gap="xs" align="flex-start">
        <CommandButton command="reservation.recall" input={{}} disabled={orphaned || recalled}>
          Ask for it back
        </CommandButton>
        <CommandButton
          command="reservation.force-release"
          input={{}}
          confirm={`Takes the session from ${holder} at once. What it sends directly to the gateway cannot be cut from here.`}
        >
          Release now
        </CommandButton>
      </Group>
    </Panel>
  );
}
