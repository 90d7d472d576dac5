import { Button, type ButtonProps, Group, Popover, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import type { CommandInput, CommandName } from '../../shared/contract.ts';
import { useMirror } from '../store/link.ts';
import { useCommand } from './use-command.ts';

interface Props<N extends CommandName> extends ButtonProps {
  readonly command: N;
  readonly input: CommandInput<N>;
  /** What happens to others when it is pressed; asks before it is done. */
  readonly confirm?: string;
  readonly children: React.ReactNode;
}

/** A button that does one thing. A refusal stays beside it, with what to do. */
export function CommandButton<N extends CommandName>(props: Props<N>) {
  const { command, input, confirm, children, ...button } = props;
  const { send, busy, fault } = useCommand(command);
  const live = useMirror((mirror) => mirror.link === 'live');
  const [asking, setAsking] = useState(false);
  const press = () => {
    if (confirm && !asking) {
      setAsking(true);
      return;
    }
    setAsking(false);
    void send(input);
  };
  return (
    <Stack gap={4} align="flex-start">
      <Popover opened={asking} onChange={setAsking} position="bottom" withArrow trapFocus>
        <Popover.Target>
          <Button
            size="xs"
            variant="default"
            loading={busy}
            {...button}
            disabled={!live || button.disabled === true}
            onClick={press}
          >
            {children}
          </Button>
        </Popover.Target>
        <Popover.Dropdown maw={320}>
          <Stack gap="xs">
            <Text size="sm">{confirm}</Text>
            <Group gap="xs">
              <Button size="xs" variant="default" data-autofocus onClick={() => setAsking(false)}>
                Cancel
              </Button>
              <Button size="xs" color="red" onClick={press}>
                {children}
              </Button>
            </Group>
          </Stack>
        </Popover.Dropdown>
      </Popover>
      {fault && (
        <Text size="xs" role="alert" className="level-error">
          {fault.message} {fault.advice}
        </Text>
      )}
    </Stack>
  );
}
