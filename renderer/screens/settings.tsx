import { Badge, Button, Code, Group, Stack, Table, Text, TextInput } from '@mantine/core';
import { useEffect, useState } from 'react';
import type { SettingView } from '../../shared/settings.ts';
import { Panel } from '../components/panel.tsx';
import { StackingTable } from '../components/stacking-table.tsx';
import { useCommand } from '../components/use-command.ts';
import { Words } from '../components/words.tsx';
import { useMirror } from '../store/link.ts';

/** Every key, its value and where it came from; what the window may change, it can. */
export function Settings() {
  const transport = useMirror((mirror) => mirror.transport);
  const [settings, setSettings] = useState<readonly SettingView[]>([]);
  const [filter, setFilter] = useState('');
  useEffect(() => {
    void transport?.call('settings.list', {}).then((result) => {
      if (result.ok) setSettings(result.value.settings as readonly SettingView[]);
    });
  }, [transport]);
  const wanted = filter.trim().toLowerCase();
  const shown = settings.filter((each) =>
    `${each.key} ${each.help}`.toLowerCase().includes(wanted),
  );
  const changed = (view: SettingView) =>
    setSettings((known) => known.map((each) => (each.key === view.key ? view : each)));
  const restart = settings.some((each) => each.needsRestart);
  return (
    <Panel
      title="Settings"
      aside={
        <Group gap="xs">
          {restart && <Badge color="yellow">restart needed</Badge>}
          <TextInput
            size="xs"
            placeholder="Filter"
            aria-label="Filter the settings"
            value={filter}
            onChange={(event) => setFilter(event.currentTarget.value)}
          />
        </Group>
      }
    >
      <StackingTable abreast={1}>
        {shown.map((setting) => (
          <Row key={setting.key} setting={setting} changed={changed} />
        ))}
      </StackingTable>
    </Panel>
  );
}

interface RowProps {
  readonly setting: SettingView;
  changed(view: SettingView): void;
}

function Row({ setting, changed }: RowProps) {
  const { send, busy, fault } = useCommand('settings.set');
  const [draft, setDraft] = useState<string | null>(null);
  const shown = text(setting.needsRestart ? setting.pending : setting.value);
  const save = async () => {
    const saved = draft === null ? null : await send({ key: setting.key, value: draft });
    if (saved === null) return;
    setDraft(null);
    changed(saved as SettingView);
  };
  return (
    <Table.Tr data-setting={setting.key}>
      <Table.Td maw={360}>
        <Code>{setting.key}</Code>
        <Text size="xs" c="dimmed">
          <Words text={setting.help} />
        </Text>
      </Table.Td>
      <Table.Td>
        <form
          onSubmit={(event) => {
            event.preventDefault();
            void save();
          }}
        >
          <Group gap="xs" wrap="nowrap">
            <TextInput
              size="xs"
              miw={180}
              flex={1}
              aria-label={setting.key}
              placeholder={setting.shape}
              disabled={!setting.editable}
              value={draft ?? shown}
              onChange={(event) => setDraft(event.currentTarget.value)}
            />
            {draft !== null && draft !== shown && (
              <Button size="compact-xs" type="submit" variant="default" loading={busy}>
                Save
              </Button>
            )}
          </Group>
        </form>
        {fault && (
          <Text size="xs" role="alert" className="level-error">
            {fault.message} {fault.advice}
          </Text>
        )}
      </Table.Td>
      <Table.Td>
        <Stack gap={2} align="flex-start">
          <Text size="xs" c="dimmed">
            {setting.origin}
          </Text>
          {setting.needsRestart && (
            <Badge size="xs" color="yellow">
              restart needed
            </Badge>
          )}
        </Stack>
      </Table.Td>
    </Table.Tr>
  );
}

function text(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (Array.isArray(value)) return value.join(', ');
  if (typeof value === 'object') {
    const { host, port } = value as { host?: string; port?: number };
    return host !== undefined && port !== undefined ? `${host}:${port}` : JSON.stringify(value);
  }
  return String(value);
}
