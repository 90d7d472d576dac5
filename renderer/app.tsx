import { AppShell, Burger, Center, Loader, Stack, Text } from '@mantine/core';
import { useDisclosure, useElementSize } from '@mantine/hooks';
import { Header } from './components/header.tsx';
import { Moment } from './components/moment.tsx';
import { Navigation } from './components/navigation.tsx';
import { useScreen } from './components/use-screen.ts';
import { screens } from './screens/screens.tsx';
import { useMirror } from './store/link.ts';

export function App() {
  const ready = useMirror((mirror) => mirror.snapshot !== null);
  return ready ? <Shell /> : <Connecting />;
}

function Connecting() {
  return (
    <Center mih="100vh">
      <Stack align="center" gap="xs" role="status">
        <Loader size="sm" />
        <Text size="sm">Looking for Gatehouse…</Text>
        <Text size="xs" c="dimmed" maw={360} ta="center">
          This page is the window of a program. If nothing comes, the program has stopped: start it
          again, and this page finds it by itself.
        </Text>
      </Stack>
    </Center>
  );
}

/** Nothing below can be trusted or done, so it is said before anything is read there. */
function LastHeard() {
  const heardAt = useMirror((mirror) => mirror.heardAt);
  return (
    <Text size="sm" mb="md" role="alert" className="level-error">
      This is how things were at <Moment at={heardAt} />, when Gatehouse was last heard. Nothing can
      be done here until it answers: if it has stopped, start it again, and this page finds it by
      itself.
    </Text>
  );
}

function Shell() {
  const [opened, { toggle, close }] = useDisclosure(false);
  const [screen, show] = useScreen();
  const silent = useMirror((mirror) => mirror.link !== 'live');
  // A long headline takes more lines, and what stands below moves down for it.
  const head = useElementSize();
  const Screen = screens[screen].component;
  return (
    <AppShell
      header={{ height: Math.min(Math.max(Math.ceil(head.height) + 1, 56), 240) }}
      navbar={{ width: 190, breakpoint: 'sm', collapsed: { mobile: !opened } }}
      padding="md"
    >
      <AppShell.Header>
        <div ref={head.ref}>
          <Header
            menu={
              <Burger
                opened={opened}
                onClick={toggle}
                hiddenFrom="sm"
                size="sm"
                aria-label="Show the menu"
              />
            }
          />
        </div>
      </AppShell.Header>
      <AppShell.Navbar p="xs">
        <Navigation
          screen={screen}
          show={(name) => {
            show(name);
            close();
          }}
        />
      </AppShell.Navbar>
      <AppShell.Main data-live={!silent}>
        {silent && <LastHeard />}
        <div className={silent ? 'silent' : undefined}>
          <Screen show={show} />
        </div>
      </AppShell.Main>
    </AppShell>
  );
}
