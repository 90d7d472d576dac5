import { Kbd, NavLink, Stack, Text } from '@mantine/core';
import { type ScreenName, screenNames } from '../screens/names.ts';
import { screens } from '../screens/screens.tsx';
import { useMirror, useSlice } from '../store/link.ts';

interface Props {
  readonly screen: ScreenName;
  show(name: ScreenName): void;
}

export function Navigation({ screen, show }: Props) {
  const { version, pid } = useSlice('app');
  // A browser keeps these keys for its tabs, so there they are not promised.
  const ownWindow = useMirror((mirror) => mirror.transport?.kind === 'electron');
  return (
    <Stack justify="space-between" h="100%">
      <nav aria-label="Screens">
        {screenNames.map((name, index) => (
          <NavLink
            key={name}
            href={`#${name}`}
            label={screens[name].title}
            active={name === screen}
            aria-current={name === screen ? 'page' : undefined}
            onClick={(event) => {
              event.preventDefault();
              show(name);
            }}
            rightSection={
              ownWindow && (
                <Kbd size="xs" visibleFrom="sm">
                  Ctrl {index + 1}
                </Kbd>
              )
            }
          />
        ))}
      </nav>
      <Text size="xs" c="dimmed" px="sm">
        Gatehouse {version}
        <br />
        process {pid}
      </Text>
    </Stack>
  );
}
