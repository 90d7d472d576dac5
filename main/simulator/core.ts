import type { Clock } from '../kit/clock.ts';
import type { Log } from '../kit/log.ts';
import type { Accounts } from './accounts/accounts.ts';
import type { HistoryDesk } from './bars/desk.ts';
import type { Pacing } from './bars/pacing.ts';
import type { FaultBoard } from './faults/board.ts';
import type { Line } from './feed/line.ts';
import type { LiveBarFeed, LiveBars } from './feed/live-bars.ts';
import type { TickFeed } from './feed/tick-feed.ts';
import type { Limits } from './limits.ts';
import type { Links } from './links.ts';
import type { Market } from './ports.ts';
import type { Session } from './session.ts';

/** What the answers to requests are made with. */
export interface Core {
  readonly clock: Clock;
  readonly log: Log;
  readonly market: Market;
  readonly accounts: Accounts;
  readonly faults: FaultBoard;
  readonly limits: Limits;
  readonly links: Links;
  readonly ticks: TickFeed;
  readonly liveBars: LiveBarFeed;
  readonly pacing: Pacing;
  readonly history: HistoryDesk;
  /** The time the gateway tells, wrong when it is told to be. */
  toldTime(): number;
  /** Whether faults let data through to it now. */
  mayFlow(feed: Line | LiveBars): boolean;
  sessions(): Iterable<Session>;
  close(session: Session, reason: string): void;
}
