import { Group, Text } from '@mantine/core';

/** One name with its value, in a list of them. */
export function Fact({ name, children }: { name: string; children: React.ReactNode }) {
  return (
    <Group justify="space-between" gap="md" wrap="nowrap" align="baseline">
      <Text size="sm" c="dimmed">
        {name}
      </Text>
      <Text size="sm" component="div" ta="right">
        {children}
      </Text>
    </Group>
  );
}
