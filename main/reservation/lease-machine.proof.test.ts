import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { count } from '../../testing/counts.ts';
import type { Lease, LeaseTerms } from './lease.ts';
import {
  initialLeaseState,
  type LeaseEffect,
  type LeaseEvent,
  type LeaseRules,
  type LeaseState,
  stepLease,
  wakeAtMs,
} from './lease-machine.ts';

const rules: LeaseRules = { orphanTimeoutMs: 40, maxQueue: 5 };

type Move =
  | { readonly do: 'acquire'; readonly connection: number; readonly terms: LeaseTerms | null }
  | { readonly do: 'closed' | 'stuck' }
  | { readonly do: 'release'; readonly connection: number; readonly withToken: boolean }
  | { readonly do: 'renew'; readonly connection: number; readonly ttlMs: number }
  | { readonly do: 'recall' | 'force' | 'lost' | 'tick' }
  | { readonly do: 'gone'; readonly connection: number }
  | { readonly do: 'wait'; readonly ms: number }
  | { readonly do: 'download'; readonly on: boolean };

const connection = fc.integer({ min: 1, max: 6 });
const orNull = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: null });
const terms: fc.Arbitrary<LeaseTerms | null> = orNull(
  fc.record({
    client: orNull(fc.constantFrom('a', 'b')),
    ttlMs: orNull(fc.integer({ min: 1, max: 60 })),
    waitMs: orNull(fc.integer({ min: 0, max: 80 })),
    bound: fc.boolean(),
  }),
);
const moves: fc.Arbitrary<readonly Move[]> = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: fc.record({ do: fc.constant('acquire' as const), connection, terms }) },
    { weight: 4, arbitrary: fc.record({ do: fc.constant('closed' as const) }) },
    fc.record({ do: fc.constant('stuck' as const) }),
    {
      weight: 3,
      arbitrary: fc.record({
        do: fc.constant('release' as const),
        connection,
        withToken: fc.boolean(),
      }),
    },
    fc.record({
      do: fc.constant('renew' as const),
      connection,
      ttlMs: fc.integer({ min: 1, max: 60 }),
    }),
    fc.record({ do: fc.constantFrom('recall' as const, 'force' as const, 'lost' as const) }),
    fc.record({ do: fc.constant('gone' as const), connection }),
    { weight: 3, arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.nat(30) }) },
    fc.record({ do: fc.constant('download' as const), on: fc.boolean() }),
    fc.record({ do: fc.constant('tick' as const) }),
  ),
  { maxLength: 60 },
);

/** Plays moves and keeps its own books, against which the machine is checked at every step. */
class Play {
  state: LeaseState = initialLeaseState;
  now = 1000;
  downloading = false;
  /** What a session of our own would do: open unless it was told to close and not yet to resume. */
  ours: 'open' | 'closing' | 'closed' = 'open';
  /** The one who was told "acquired" and whose lease has not ended since. */
  holder: number | null = null;
  recorded: Lease | null = null;
  ticket = 0;
  closingTicket = 0;
  readonly asked = new Map<number, 'once' | 'queued'>();
  readonly order: number[] = [];

  move(move: Move): void {
    switch (move.do) {
      case 'acquire':
        this.asked.set(++this.ticket, (move.terms?.waitMs ?? 0) > 0 ? 'queued' : 'once');
        this.event({
          type: 'acquire',
          ticket: this.ticket,
          asker: { connection: move.connection, peer: `p${move.connection}`, loopback: true },
          terms: move.terms,
          token: `token-${this.ticket}`,
          bootId: 'boot',
        });
        return;
      case 'closed':
        if (this.ours === 'closing') this.ours = 'closed';
        this.event({ type: 'session-closed', ticket: this.closingTicket });
        return;
      case 'stuck':
        this.event({ type: 'session-stuck', ticket: this.closingTicket, why: 'stuck' });
        return;
      case 'release': {
        const token = move.withToken && this.state.phase !== 'free' ? this.state.lease.token : null;
        this.asked.set(++this.ticket, 'once');
        this.event({ type: 'release', ticket: this.ticket, connection: move.connection, token });
        return;
      }
      case 'renew':
        this.asked.set(++this.ticket, 'once');
        this.event({
          type: 'renew',
          ticket: this.ticket,
          asker: { connection: move.connection, peer: `p${move.connection}`, loopback: true },
          token: this.state.phase === 'free' ? 'none' : this.state.lease.token,
          ttlMs: move.ttlMs,
        });
        return;
      case 'lost':
        this.event({ type: 'gateway-lost' });
        return;
      case 'gone':
        this.event({ type: 'connection-closed', connection: move.connection });
        return;
      case 'wait':
        this.now += move.ms;
        this.event({ type: 'tick' });
        return;
      case 'download':
        this.downloading = move.on;
        return;
      default:
        this.event({ type: move.do });
    }
  }

  event(event: LeaseEvent): void {
    const { now, downloading } = this;
    const { state, effects } = stepLease(this.state, event, { now, downloading }, rules);
    this.state = state;
    for (const effect of effects) this.note(effect);
    this.check();
  }

  note(effect: LeaseEffect): void {
    switch (effect.type) {
      case 'close-session':
        this.closingTicket = effect.ticket;
        // A session that is closed already stays so, and says it again.
        this.ours = 'closing';
        return;
      case 'resume-session':
        expect(this.holder).toBeNull();
        this.ours = 'open';
        return;
      case 'ended':
        this.holder = null;
        return;
      case 'persist':
        this.recorded = effect.lease;
        return;
      case 'answer': {
        const { ticket, outcome } = effect;
        expect(this.asked.has(ticket), `ticket ${ticket} is answered once`).toBe(true);
        if (outcome.kind === 'acquired') {
          expect(this.holder).toBeNull();
          expect(this.ours).toBe('closed');
          expect(this.recorded).toEqual(outcome.lease);
          this.holder = ticket;
          if (this.asked.get(ticket) === 'queued') this.order.push(ticket);
        }
        this.asked.delete(ticket);
        return;
      }
      default:
        return;
    }
  }

  check(): void {
    const { state } = this;
    expect(state.phase === 'held').toBe(this.holder !== null);
    if (state.phase !== 'free') expect(this.ours).not.toBe('open');
    else expect(this.ours).toBe('open');
    expect(this.recorded === null).toBe(state.phase !== 'held');
    expect(state.queue.length).toBeLessThanOrEqual(rules.maxQueue);
    // Nobody is forgotten: whoever has no answer waits in the queue or for our session to close.
    const waiting = [
      ...state.queue.map(({ ticket }) => ticket),
      ...(state.phase === 'closing' ? [state.ticket] : []),
    ];
    expect([...this.asked.keys()].sort()).toEqual(waiting.sort());
    const wake = wakeAtMs(state, rules);
    if (wake !== null && state.phase !== 'free') expect(wake).toBeGreaterThan(this.now - 1);
  }
}

describe('whatever happens', () => {
  it('there is one holder, our session is closed while there is, and everybody is answered once', () => {
    fc.assert(
      fc.property(moves, (list) => {
        const play = new Play();
        for (const move of list) play.move(move);
      }),
      { numRuns: count(3000, 200_000) },
    );
  });

  it('those who wait are served in the order they came', () => {
    fc.assert(
      fc.property(moves, (list) => {
        const play = new Play();
        for (const move of list) play.move(move);
        expect(play.order).toEqual([...play.order].sort((a, b) => a - b));
      }),
      { numRuns: count(3000, 200_000) },
    );
  });

  it('nothing waits for ever once time passes and our session closes when told', () => {
    fc.assert(
      fc.property(moves, (list) => {
        const play = new Play();
        for (const move of list) play.move(move);
        play.move({ do: 'download', on: false });
        for (let i = 0; i < 20; i++) {
          play.move({ do: 'closed' });
          play.move({ do: 'wait', ms: 100 });
        }
        expect(play.state.queue).toEqual([]);
        expect(play.asked.size).toBe(0);
      }),
      { numRuns: count(1000, 50_000) },
    );
  });
});
