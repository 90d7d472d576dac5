import type { FunctionComponent } from 'react';
import { Connection } from './connection.tsx';
import { Feeds } from './feeds.tsx';
import { History } from './history.tsx';
import { Logs } from './logs.tsx';
import type { ScreenName } from './names.ts';
import { Overview } from './overview.tsx';
import { Programs } from './programs.tsx';
import { Settings } from './settings.tsx';

export interface ScreenProps {
  show(name: ScreenName): void;
}

export const screens: Readonly<
  Record<ScreenName, { readonly title: string; readonly component: FunctionComponent<ScreenProps> }>
> = {
  overview: { title: 'Overview', component: Overview },
  feeds: { title: 'Feeds', component: Feeds },
  connection: { title: 'Connection', component: Connection },
  history: { title: 'History', component: History },
  programs: { title: 'Programs', component: Programs },
  logs: { title: 'Log', component: Logs },
  settings: { title: 'Settings', component: Settings },
};
