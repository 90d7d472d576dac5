import { describe, expect, it } from 'vitest';
import { instrumentOf } from '../../../shared/instrument.ts';
import { FakeClock, settle } from '../../../testing/fake-clock.ts';
import type { GatewayClient, HistoryQuery } from '../client/client-port.ts';
import type { HistoryRequest, HistoryResult } from '../ports.ts';
import { Requests } from '../requests.ts';
import { HistoryQueue } from './history-queue.ts';
import { type PacingRules, usualPacing } from './pacing.ts';

const bar = { time: '1767625200', open: 1, high: 2, low: 1, close: 2, volume: 10 };

class Bench {
  readonly clock = new FakeClock();
  readonly sent: { readonly id: number; readonly query: HistoryQuery }[] = [];
  readonly cancelled: number[] = [];
  isOpen = true;
  readonly requests: Requests;
  readonly queue: HistoryQueue;

  constructor(rules: Partial<PacingRules> = {}) {
    const client = {
      history: (id: number, query: HistoryQuery) => void this.sent.push({ id, query }),
      cancelHistory: (id: number) => void this.cancelled.push(id),
    } as unknown as GatewayClient;
    const bench = this;
    const sender = {
      get isOpen() {
        return bench.isOpen;
      },
      send(call: (to: GatewayClient) => void) {
        call(client);
        return true;
      },
    };
    this.requests = new Requests(this.clock, sender);
    this.queue = new HistoryQueue(
      { ...usualPacing, ...rules },
      {
        clock: this.clock,
        requests: this.requests,
        sender,
        instrument: async (symbol) => instrumentOf(symbol),
        changed() {},
      },
    );
  }

  ask(change: Partial<HistoryRequest> = {}): Promise<HistoryResult> {
    return this.queue.ask({
      symbol: 'AAPL',
      timeframe: '1h',
      end: null,
      duration: '1 D',
      useRth: true,
      priority: 'background',
      ...change,
    });
  }

  answer(index: number): void {
    const { id } = this.sent[index] as { id: number };
    this.requests.route(id, { type: 'bars', bars: [bar] });
  }

  fail(index: number, code: number, text: string): void {
    const { id } = this.sent[index] as { id: number };
    this.requests.route(id, { type: 'error', code, text });
  }

  get symbols(): string[] {
    return this.sent.map(({ query }) => query.instrument.ticker);
  }
}

describe('historical requests', () => {
  it("go out in IBKR's words and come back as bars", async () => {
    const bench = new Bench();
    const answer = bench.ask({ end: Date.UTC(2026, 0, 5, 21, 30), whatToShow: 'MIDPOINT' });
    await settle();
    expect(bench.sent[0]?.query).toMatchObject({
      end: '20260105-21:30:00',
      duration: '1 D',
      barSize: '1 hour',
      whatToShow: 'MIDPOINT',
      useRth: true,
    });
    bench.answer(0);
    expect(await answer).toEqual({
      ok: true,
      bars: [{ t: 1_767_625_200_000, open: 1, high: 2, low: 1, close: 2, volume: 10 }],
    });
  });

  it('of a person go before those of the background', async () => {
    const bench = new Bench({ open: 1 });
    void bench.ask({ symbol: 'A1' });
    void bench.ask({ symbol: 'A2' });
    void bench.ask({ symbol: 'A3', priority: 'person' });
    await settle();
    bench.answer(0);
    bench.answer(1);
    expect(bench.symbols).toEqual(['A1', 'A3', 'A2']);
  });

  it('that are the same are sent once and answered to all', async () => {
    const bench = new Bench();
    const answers = [bench.ask(), bench.ask(), bench.ask({ priority: 'person' })];
    await settle();
    expect(bench.sent).toHaveLength(1);
    bench.answer(0);
    for (const answer of await Promise.all(answers)) expect(answer.ok).toBe(true);
  });

  it('that are the same again wait fifteen seconds', async () => {
    const bench = new Bench();
    void bench.ask();
    await settle();
    bench.answer(0);
    void bench.ask();
    await settle();
    expect(bench.queue.view()).toMatchObject({ waiting: 1, used: 1 });
    expect(bench.queue.view().nextSlotAt).toBe(bench.clock.now() + 15_000);
    await bench.clock.advanceAsync(15_000);
    expect(bench.sent).toHaveLength(2);
  });

  it('keep to the allowance and leave some of it to people', async () => {
    const bench = new Bench();
    for (let i = 0; i < 70; i++) void bench.ask({ symbol: `B${i}` });
    await settle();
    for (let i = 0; i < 50; i++) bench.answer(i);
    expect(bench.sent).toHaveLength(55);
    expect(bench.queue.view()).toMatchObject({ used: 55, limit: 60, waiting: 15 });
    void bench.ask({ symbol: 'MINE', priority: 'person' });
    await settle();
    expect(bench.symbols.at(-1)).toBe('MINE');
    await bench.clock.advanceAsync(600_000, 60_000);
    expect(bench.sent.length).toBeGreaterThan(56);
  });

  it('never have more than fifty open', async () => {
    const bench = new Bench({ perWindow: 1000 });
    for (let i = 0; i < 60; i++) void bench.ask({ symbol: `C${i}` });
    await settle();
    expect(bench.sent).toHaveLength(50);
    bench.answer(0);
    expect(bench.sent).toHaveLength(51);
  });

  it('can be withdrawn, waiting or sent, without harm to others who want the same', async () => {
    const bench = new Bench({ open: 1 });
    const [first, second] = [new AbortController(), new AbortController()];
    const mine = bench.ask({ signal: first.signal });
    const theirs = bench.ask();
    const waiting = bench.ask({ symbol: 'MSFT', signal: second.signal });
    await settle();
    second.abort();
    expect(await waiting).toMatchObject({ ok: false, reason: 'cancelled' });
    first.abort();
    expect(await mine).toMatchObject({ ok: false, reason: 'cancelled' });
    expect(bench.cancelled).toEqual([]);
    bench.answer(0);
    expect((await theirs).ok).toBe(true);
    const third = new AbortController();
    const alone = bench.ask({ symbol: 'TSLA', signal: third.signal });
    await settle();
    third.abort();
    expect(await alone).toMatchObject({ reason: 'cancelled' });
    expect(bench.cancelled).toHaveLength(1);
    expect(bench.symbols).toEqual(['AAPL', 'TSLA']);
    expect(await bench.ask({ signal: third.signal })).toMatchObject({ reason: 'cancelled' });
  });

  it("have a deadline of their own and one for IBKR's answer", async () => {
    const bench = new Bench();
    const short = bench.ask({ deadlineMs: 5000 });
    const long = bench.ask({ symbol: 'MSFT' });
    await settle();
    await bench.clock.advanceAsync(5000);
    expect(await short).toMatchObject({ ok: false, reason: 'timeout' });
    await bench.clock.advanceAsync(55_000);
    expect(await long).toMatchObject({ ok: false, reason: 'timeout' });
    expect(bench.cancelled).toHaveLength(2);
    expect(bench.queue.view()).toMatchObject({ open: 0, waiting: 0 });
  });

  it('have their deadline from when they are sent, not while all wait after a pacing violation', async () => {
    const bench = new Bench();
    const violating = bench.ask({ symbol: 'P' });
    await settle();
    bench.fail(0, 162, 'Historical data request pacing violation');
    expect(await violating).toMatchObject({ reason: 'pacing' });
    let answer: HistoryResult | undefined;
    for (const priority of ['background', 'person'] as const) {
      void bench.ask({ deadlineMs: 5000, priority }).then((result) => {
        answer = result;
      });
    }
    await settle();
    await bench.clock.advanceAsync(60_000, 1000);
    expect(answer).toBeUndefined();
    expect(bench.symbols).toEqual(['P', 'AAPL']);
    // Who joins what is sent already has his own time for it.
    await bench.clock.advanceAsync(3000);
    const joined = bench.ask({ deadlineMs: 5000 });
    await settle();
    await bench.clock.advanceAsync(2000);
    expect(answer).toMatchObject({ reason: 'timeout' });
    expect(bench.cancelled).toEqual([]);
    await bench.clock.advanceAsync(3000);
    expect(await joined).toMatchObject({ reason: 'timeout' });
    expect(bench.cancelled).toHaveLength(1);
  });

  it('tell the meanings of 162 apart and survive mere notes', async () => {
    const bench = new Bench();
    const asked = ['P', 'N', 'C', 'D'].map((symbol) => bench.ask({ symbol }));
    await settle();
    bench.fail(0, 2174, 'Warning: no time zone was given');
    bench.fail(0, 165, 'Historical query message');
    bench.fail(0, 162, 'Historical data request pacing violation');
    bench.fail(1, 162, 'HMDS query returned no data: N@SMART Trades');
    bench.fail(2, 162, 'API historical data query cancelled: 3');
    bench.fail(3, 200, 'No security definition has been found');
    expect((await Promise.all(asked)).map((one) => (one.ok ? 'ok' : one.reason))).toEqual([
      'pacing',
      'no-data',
      'cancelled',
      'unknown-symbol',
    ]);
    void bench.ask({ symbol: 'LATER' });
    await settle();
    expect(bench.symbols).not.toContain('LATER');
    expect(bench.queue.view().pausedUntil).toBe(bench.clock.now() + 60_000);
    await bench.clock.advanceAsync(60_000);
    expect(bench.symbols).toContain('LATER');
  });

  it('are told at once when the session ends, and refused while there is none', async () => {
    const bench = new Bench({ open: 1 });
    const asked = [bench.ask(), bench.ask({ symbol: 'MSFT' })];
    await settle();
    bench.isOpen = false;
    bench.queue.lose();
    for (const answer of await Promise.all(asked)) {
      expect(answer).toMatchObject({ ok: false, reason: 'not-connected' });
    }
    expect(await bench.ask()).toMatchObject({ ok: false, reason: 'not-connected' });
    expect(bench.clock.pending).toBe(0);
    expect(bench.requests.size).toBe(0);
  });
});
