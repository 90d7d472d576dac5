import { Group, Paper, SimpleGrid, Stack, Text } from '@mantine/core';
import { age } from '../../../shared/format.ts';
import { type ServiceView, serviceNames, serviceTitles } from '../../../shared/services.ts';
import { CommandButton } from '../../components/command-button.tsx';
import { Level } from '../../components/level-mark.tsx';
import { phaseLevel } from '../../components/levels.ts';
import { Panel } from '../../components/panel.tsx';
import { useSlice } from '../../store/link.ts';
import { useNow } from '../../store/now.ts';

export function ServicesPanel() {
  const services = useSlice('services');
  return (
    <Panel title="Services">
      <SimpleGrid cols={{ base: 1, sm: 2, lg: 3 }} spacing="sm">
        {serviceNames.map((name) => {
          const view = services[name];
          return view ? <ServiceCard key={name} view={view} /> : null;
        })}
      </SimpleGrid>
    </Panel>
  );
}

function ServiceCard({ view }: { view: ServiceView }) {
  const now = useNow();
  const { title, does, without } = serviceTitles[view.name];
  const stopped = view.phase === 'stopped';
  return (
    <Paper withBorder p="sm" data-service={view.name} data-phase={view.phase}>
      <Stack gap={4}>
        <Group justify="space-between" wrap="nowrap">
          <Text size="sm" fw={600}>
            {title}
          </Text>
          <Level level={phaseLevel[view.phase]}>{view.phase}</Level>
        </Group>
        <Text size="xs" c="dimmed">
          {view.reason ?? (stopped ? without : does)}
        </Text>
        <Group justify="space-between" gap={4}>
          <Text size="xs" c="dimmed">
            {view.nextAttemptAt !== null && view.nextAttemptAt > now
              ? `tried ${view.attempt}×, again in ${age(view.nextAttemptAt - now)}`
              : `for ${age(now - view.since)}`}
          </Text>
          {view.name !== 'http' && (
            <Group gap={4} align="flex-start" wrap="nowrap">
              {stopped ? (
                <CommandButton
                  command="service.start"
                  input={{ service: view.name }}
                  size="compact-xs"
                >
                  Start
                </CommandButton>
              ) : (
                <>
                  <CommandButton
                    command="service.stop"
                    input={{ service: view.name }}
                    size="compact-xs"
                    confirm={without}
                  >
                    Stop
                  </CommandButton>
                  <CommandButton
                    command="service.restart"
                    input={{ service: view.name }}
                    size="compact-xs"
                  >
                    Restart
                  </CommandButton>
                </>
              )}
            </Group>
          )}
        </Group>
      </Stack>
    </Paper>
  );
}
