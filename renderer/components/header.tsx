import {
  ActionIcon,
  Badge,
  Text,
  useComputedColorScheme,
  useMantineColorScheme,
} from '@mantine/core';
import { health } from '../../shared/health.ts';
import type { AppView, State } from '../../shared/state.ts';
import { type LinkState, useMirror, useSlice } from '../store/link.ts';
import { useNow } from '../store/now.ts';
import classes from './header.module.css';
import { Level } from './level-mark.tsx';

/** What never scrolls away: how things are, whose money it is, and whether this is live. */
export function Header({ menu }: { menu: React.ReactNode }) {
  const app = useSlice('app');
  const state = useMirror((mirror) => mirror.snapshot?.state as State);
  const link = useMirror((mirror) => mirror.link);
  const now = useNow();
  const { level, headline } = health(state, now);
  return (
    <div className={classes.bar}>
      {menu}
      <img src="/icon.svg" alt="" width={26} height={26} />
      <Text fw={600}>Gatehouse</Text>
      <Text
        size="sm"
        component="div"
        className={classes.headline}
        aria-live="polite"
        data-testid="headline"
      >
        {link === 'live' ? (
          <Level level={level}>{headline}</Level>
        ) : (
          <Level level="error">Not live: Gatehouse is not answering</Level>
        )}
      </Text>
      <div className={classes.end}>
        <LinkBadge link={link} />
        <SourceBadge app={app} />
        <ThemeSwitch />
      </div>
    </div>
  );
}

function LinkBadge({ link }: { link: LinkState }) {
  // Said only when it is not so: "live" beside an account's badge would mean something else.
  return link === 'live' ? null : (
    <Badge variant="filled" color="red" data-testid="not-live">
      not live
    </Badge>
  );
}

function SourceBadge({ app }: { app: AppView }) {
  if (app.source === 'demo') return <Badge color="grape">demo</Badge>;
  if (app.source === 'lightweight') return <Badge color="grape">lightweight</Badge>;
  return app.trading === 'live' ? (
    <Badge color="red" variant="filled">
      live account
    </Badge>
  ) : (
    <Badge color="blue">paper</Badge>
  );
}

function ThemeSwitch() {
  const { setColorScheme } = useMantineColorScheme();
  const scheme = useComputedColorScheme('light');
  const other = scheme === 'dark' ? 'light' : 'dark';
  return (
    <ActionIcon
      variant="subtle"
      color="gray"
      aria-label={`Use the ${other} theme`}
      onClick={() => setColorScheme(other)}
    >
      <svg width="16" height="16" viewBox="0 0 16 16" aria-hidden="true">
        <path
          fill="currentColor"
          d={
            scheme === 'dark'
              ? 'M8 4a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM7 0h2v2.5H7zM7 13.5h2V16H7zM0 7h2.5v2H0zM13.5 7H16v2h-2.5zM2 3.2 3.2 2 5 3.8 3.8 5zM11 12.2l1.2-1.2 1.8 1.8-1.2 1.2zM11 3.8 12.8 2 14 3.2 12.2 5zM2 12.8 3.8 11 5 12.2 3.2 14z'
              : 'M6 1a7 7 0 1 0 9 9A6 6 0 0 1 6 1z'
          }
        />
      </svg>
    </ActionIcon>
  );
}
