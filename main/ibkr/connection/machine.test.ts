import { describe, expect, it } from 'vitest';
import { nextAlarm, step } from './machine.ts';
import { situationOf } from './reasons.ts';
import {
  type ConnectionEvent,
  type Effect,
  endlessPlan,
  initialState,
  isOpen,
  type MachineConfig,
  type MachineState,
  machineDefaults,
} from './state.ts';

const start = Date.UTC(2026, 0, 7, 15, 0, 0);

/** Drives the machine by hand, with a clock that only moves when told. */
class Bench {
  state: MachineState;
  now = start;
  heard = start;
  random = 0;
  effects: Effect[] = [];
  notes: string[] = [];

  constructor(change: Partial<MachineConfig> = {}) {
    const config: MachineConfig = {
      ...machineDefaults,
      host: '127.0.0.1',
      port: 7497,
      clientIds: { policy: 'cycle', first: 1 },
      restart: { dailyRestart: '23:45', timeZone: 'UTC' },
      ...change,
    };
    this.state = initialState(config, this.now);
  }

  send(event: ConnectionEvent): readonly Effect[] {
    const { state, effects } = step(this.state, event, {
      now: this.now,
      random: this.random,
      lastHeardAt: this.heard,
    });
    this.state = state;
    this.effects.push(...effects);
    for (const effect of effects) if (effect.type === 'note') this.notes.push(effect.text);
    return effects;
  }

  connect(): void {
    this.send({ type: 'connect', plan: endlessPlan });
  }

  get attempt(): number {
    return this.state.attempt;
  }

  handshake(accounts = ['DU123']): void {
    const { attempt } = this;
    this.send({ type: 'tcp', attempt });
    this.send({ type: 'hello', attempt, version: 178 });
    this.send({ type: 'accounts', attempt, accounts });
    this.heard = this.now;
    this.send({ type: 'ready', attempt });
  }

  message(code: number, text = ''): readonly Effect[] {
    return this.send({ type: 'message', attempt: this.attempt, code, text });
  }

  closed(cause: 'refused' | 'unreachable' | 'ended' = 'ended'): readonly Effect[] {
    return this.send({ type: 'closed', attempt: this.attempt, cause });
  }

  /** Lets the next alarm ring and says how long that took. */
  wait(): number {
    const due = nextAlarm(this.state, this.heard);
    if (due === null) throw new Error('No alarm is set.');
    const waited = due - this.now;
    this.now = due;
    this.send({ type: 'alarm' });
    return waited;
  }

  count(type: Effect['type']): number {
    return this.effects.filter((effect) => effect.type === type).length;
  }
}

describe('connecting', () => {
  it('tries at once and is connected when the handshake is through, not before', () => {
    const bench = new Bench();
    bench.connect();
    expect(bench.state.phase).toBe('connecting');
    expect(bench.count('open')).toBe(1);
    const { attempt } = bench;
    bench.send({ type: 'tcp', attempt });
    bench.send({ type: 'hello', attempt, version: 178 });
    expect(isOpen(bench.state)).toBe(false);
    bench.send({ type: 'ready', attempt });
    expect(isOpen(bench.state)).toBe(false);
    bench.send({ type: 'accounts', attempt, accounts: ['DU1', 'DU2'] });
    expect(isOpen(bench.state)).toBe(true);
    expect(bench.state.accounts).toEqual(['DU1', 'DU2']);
    expect(bench.count('up')).toBe(1);
  });

  it('waits 5, 10, 30, 60, 120, 300 s between failures, the last repeated, never early', () => {
    for (const random of [0, 0.5, 0.999]) {
      const bench = new Bench();
      bench.random = random;
      bench.connect();
      for (const seconds of [5, 10, 30, 60, 120, 300, 300]) {
        bench.closed('refused');
        const waited = bench.wait();
        expect(waited).toBeGreaterThanOrEqual(seconds * 1000);
        expect(waited).toBeLessThanOrEqual(seconds * 1100);
      }
      expect(bench.state.failedAttempts).toBe(7);
      expect(bench.state.attempts).toBe(8);
    }
  });

  it('starts with 5 s again after a success', () => {
    const bench = new Bench();
    bench.connect();
    for (let i = 0; i < 3; i++) {
      bench.closed('refused');
      bench.wait();
    }
    bench.handshake();
    bench.now += 60_000;
    bench.closed();
    expect(bench.wait()).toBeLessThanOrEqual(1000);
    bench.closed('refused');
    expect(bench.wait()).toBe(5000);
  });

  it('uses the ids from the starting id to 50, pauses 300 s and goes on with 1', () => {
    const bench = new Bench({ clientIds: { policy: 'cycle', first: 48 } });
    bench.connect();
    const ids = [bench.state.clientId];
    const waits: number[] = [];
    for (let i = 0; i < 4; i++) {
      bench.closed('refused');
      waits.push(bench.wait());
      ids.push(bench.state.clientId);
    }
    expect(ids).toEqual([48, 49, 50, 1, 2]);
    expect(waits).toEqual([5000, 10_000, 300_000, 60_000]);
  });

  it('takes the next id at once when one is in use, without counting a failure', () => {
    const bench = new Bench();
    bench.connect();
    bench.message(326, 'Unable to connect as the client id is already in use.');
    expect(bench.count('close')).toBe(1);
    expect(bench.count('open')).toBe(1);
    bench.closed();
    expect(bench.wait()).toBeLessThanOrEqual(1000);
    expect(bench.state.clientId).toBe(2);
    expect(bench.state.failedAttempts).toBe(0);
    expect(bench.notes.join()).toMatch(/Client id 1 is in use/);
  });

  it('keeps a fixed id and waits for it to become free', () => {
    const bench = new Bench({ clientIds: { policy: 'fixed', first: 7 } });
    bench.connect();
    bench.message(326);
    bench.closed();
    expect(bench.wait()).toBe(5000);
    expect(bench.state.clientId).toBe(7);
    expect(bench.state.reason).toBe('client-id-in-use');
  });

  it('gives every step its own limit and names what was missing', () => {
    const bench = new Bench();
    bench.connect();
    expect(bench.wait()).toBe(5000);
    expect(bench.state.reason).toBe('unreachable');
    bench.closed();
    bench.wait();
    bench.send({ type: 'tcp', attempt: bench.attempt });
    expect(bench.wait()).toBe(5000);
    expect(bench.state.reason).toBe('mute');
    bench.closed();
    bench.wait();
    bench.send({ type: 'tcp', attempt: bench.attempt });
    bench.send({ type: 'hello', attempt: bench.attempt, version: 178 });
    expect(bench.wait()).toBe(10_000);
    expect(bench.state.reason).toBe('handshake-timeout');
  });

  it('makes as many tries as asked, with no wait after the last', () => {
    const bench = new Bench();
    bench.send({
      type: 'connect',
      plan: { tries: 3, delaysMs: [5000, 10_000, 15_000], attemptMs: 30_000 },
    });
    bench.closed('refused');
    expect(bench.wait()).toBe(5000);
    bench.closed('refused');
    expect(bench.wait()).toBe(10_000);
    bench.closed('refused');
    expect(bench.state.phase).toBe('failed');
    expect(bench.count('open')).toBe(3);
    expect(nextAlarm(bench.state, bench.heard)).toBeNull();
  });
});

describe('accounts', () => {
  it('refuses a live account where paper is set, and the reverse, and says so', () => {
    const paper = new Bench();
    paper.connect();
    paper.handshake(['U777']);
    expect(isOpen(paper.state)).toBe(false);
    expect(paper.state).toMatchObject({ phase: 'failed', reason: 'wrong-account' });
    expect(paper.notes.join()).toMatch(/live account/);
    const live = new Bench({ mode: 'live', port: 7496 });
    live.connect();
    live.handshake(['DU777']);
    expect(live.state).toMatchObject({ phase: 'failed', reason: 'wrong-account' });
    const port = new Bench({ port: 7496 });
    port.connect();
    port.handshake(['DU777']);
    expect(port.state.detail).toMatch(/7496 is the live port/);
  });

  it('looks again after minutes, without a storm', () => {
    const bench = new Bench();
    bench.connect();
    bench.handshake(['U777']);
    bench.closed();
    expect(bench.wait()).toBe(300_000);
    bench.handshake(['DU777']);
    expect(isOpen(bench.state)).toBe(true);
  });
});

describe('a loss', () => {
  function connected(change: Partial<MachineConfig> = {}): Bench {
    const bench = new Bench(change);
    bench.connect();
    bench.handshake();
    bench.now += 60_000;
    bench.heard = bench.now;
    return bench;
  }

  it('is followed by an attempt within a second', () => {
    const bench = connected();
    bench.closed();
    expect(bench.state).toMatchObject({ phase: 'reconnecting', reason: 'socket-closed' });
    expect(bench.count('down')).toBe(1);
    expect(bench.wait()).toBeLessThanOrEqual(1000);
    bench.handshake();
    expect(bench.state).toMatchObject({ phase: 'connected', reconnectCount: 1, clientId: 2 });
    expect(bench.count('up')).toBe(2);
  });

  it('is final when automatic reconnecting is off', () => {
    const bench = connected({ autoReconnect: false });
    bench.closed();
    expect(bench.state.phase).toBe('disconnected');
    expect(nextAlarm(bench.state, bench.heard)).toBeNull();
    expect(situationOf(bench.state)).toMatchObject({
      sentence: 'The connection to TWS ended; automatic reconnection is off.',
      needsAttention: true,
    });
    const again = connected();
    again.closed();
    expect(situationOf(again.state).sentence).toBe(
      'The connection to TWS ended; opening a new one.',
    );
  });

  it('is noticed within 15 s when the socket stays open but silent', () => {
    const bench = connected();
    const silentSince = bench.now;
    expect(bench.wait()).toBe(5000);
    expect(bench.count('probe')).toBe(1);
    bench.wait();
    expect(bench.count('probe')).toBe(2);
    bench.wait();
    expect(bench.state.reason).toBe('half-open');
    expect(bench.now - silentSince).toBeLessThan(15_000);
    expect(bench.count('open')).toBe(1);
    bench.closed();
    bench.wait();
    expect(bench.count('open')).toBe(2);
  });

  it('is not seen in a gateway that only answers the second probe, or sends anything', () => {
    const bench = connected();
    bench.wait();
    bench.wait();
    bench.send({ type: 'pong', attempt: bench.attempt, skewMs: 3 });
    expect(bench.wait()).toBe(5000);
    bench.now += 100;
    bench.heard = bench.now;
    bench.wait();
    expect(bench.state.phase).toBe('connected');
    expect(bench.state.clockSkewMs).toBe(3);
  });

  it('never opens a second socket while the first is closing', () => {
    const bench = connected();
    bench.send({ type: 'data-dead', detail: 'No data.' });
    bench.now += 600_000;
    bench.send({ type: 'alarm' });
    bench.send({ type: 'wake' });
    bench.send({ type: 'connect', plan: endlessPlan });
    expect(bench.count('open')).toBe(1);
    bench.closed();
    expect(bench.count('open')).toBe(2);
  });

  it('slows down when sessions die right after they begin', () => {
    const bench = new Bench();
    bench.connect();
    const waits: number[] = [];
    for (let i = 0; i < 6; i++) {
      bench.handshake();
      bench.now += 100;
      bench.closed();
      waits.push(bench.wait());
    }
    expect(waits.slice(0, 3).every((ms) => ms <= 1000)).toBe(true);
    expect(waits.slice(3)).toEqual([5000, 10_000, 30_000]);
  });

  it('is shown as the daily restart when it falls into its time', () => {
    const bench = connected();
    bench.now = Date.UTC(2026, 0, 7, 23, 45, 5);
    bench.closed();
    expect(bench.state.reason).toBe('scheduled-restart');
    bench.wait();
    bench.closed('refused');
    expect(bench.state.reason).toBe('scheduled-restart');
    bench.now = Date.UTC(2026, 0, 8, 0, 30, 0);
    bench.send({ type: 'alarm' });
    bench.closed('refused');
    expect(bench.state.reason).toBe('refused');
  });

  it('on Sunday after 01:00 in New York is shown as the weekly log-in', () => {
    const bench = connected();
    bench.now = Date.UTC(2026, 0, 11, 6, 5, 0);
    bench.closed();
    bench.wait();
    bench.closed('refused');
    expect(bench.state.reason).toBe('weekly-login');
  });
});

describe('messages of IBKR', () => {
  function connected(): Bench {
    const bench = new Bench();
    bench.connect();
    bench.handshake();
    bench.effects = [];
    return bench;
  }

  it('1100 keeps the socket and waits, however often it comes', () => {
    const bench = connected();
    for (let i = 0; i < 5; i++) bench.message(1100);
    expect(bench.state).toMatchObject({ phase: 'disconnected', reason: 'link-lost' });
    expect(bench.state.link.at).toBe('open');
    expect(bench.count('close')).toBe(0);
    expect(bench.effects.filter((effect) => effect.type === 'down')).toEqual([
      { type: 'down', kept: true },
    ]);
  });

  it('1101 and 1102 restore, and only 1101 lost the data', () => {
    for (const [code, dataLost] of [
      [1101, true],
      [1102, false],
    ] as const) {
      const bench = connected();
      bench.message(1100);
      bench.message(code);
      expect(isOpen(bench.state)).toBe(true);
      expect(bench.effects).toContainEqual({ type: 'restored', dataLost });
    }
  });

  it('1101 without a socket connects nothing', () => {
    const bench = new Bench();
    bench.message(1101);
    expect(bench.state.phase).toBe('disconnected');
  });

  it('1300 goes to the new port', () => {
    const bench = connected();
    bench.message(1300, 'TWS socket port has been reset. Please reconnect on the new port 7555');
    bench.closed();
    bench.wait();
    expect(bench.state.port).toBe(7555);
    expect(bench.effects.findLast((effect) => effect.type === 'open')).toMatchObject({
      port: 7555,
    });
  });

  it('farm messages change nothing', () => {
    const bench = connected();
    for (const code of [2104, 2106, 2158]) bench.message(code, 'Farm is OK:usfarm');
    expect(bench.effects).toEqual([]);
    expect(isOpen(bench.state)).toBe(true);
  });
});

describe('people and leases', () => {
  it('a deliberate disconnect never reconnects', () => {
    const bench = new Bench();
    bench.connect();
    bench.handshake();
    bench.send({ type: 'disconnect' });
    bench.closed();
    bench.send({ type: 'wake' });
    bench.now += 3_600_000;
    bench.send({ type: 'alarm' });
    expect(bench.state).toMatchObject({ phase: 'disconnected', reason: 'stopped-by-operator' });
    expect(bench.count('open')).toBe(1);
    expect(bench.state.lastDisconnectAt).not.toBeNull();
  });

  it('a disconnect in the middle of an attempt closes it', () => {
    const bench = new Bench();
    bench.connect();
    bench.send({ type: 'disconnect' });
    bench.send({ type: 'ready', attempt: bench.attempt });
    expect(bench.state.link.at).toBe('closing');
    bench.closed();
    expect(bench.state.link.at).toBe('none');
    expect(bench.state.failedAttempts).toBe(0);
  });

  it('a reservation closes the session, also while 1100 stands, and resume brings it back', () => {
    const bench = new Bench();
    bench.connect();
    bench.handshake();
    bench.message(1100);
    bench.send({ type: 'reserve' });
    bench.closed();
    expect(bench.state).toMatchObject({ reason: 'reserved', link: { at: 'none' } });
    bench.connect();
    bench.send({ type: 'reconnect', plan: endlessPlan, pauseMs: 0 });
    bench.send({ type: 'wake' });
    expect(bench.count('open')).toBe(1);
    bench.send({ type: 'resume' });
    expect(bench.count('open')).toBe(2);
  });

  it('a session that was disconnected on purpose stays so when a reservation ends', () => {
    const before = new Bench();
    before.connect();
    before.send({ type: 'disconnect' });
    before.closed('ended');
    before.send({ type: 'reserve' });
    before.send({ type: 'resume' });
    expect(before.state).toMatchObject({ intent: 'down', reason: 'stopped-by-operator' });
    const during = new Bench();
    during.connect();
    during.send({ type: 'reserve' });
    during.closed('ended');
    during.send({ type: 'disconnect' });
    during.send({ type: 'resume' });
    expect(during.count('open')).toBe(1);
    const early = new Bench();
    early.send({ type: 'reserve' });
    early.connect();
    early.send({ type: 'resume' });
    expect(early.count('open')).toBe(1);
  });

  it('a reconnect counts once and waits for the old socket', () => {
    const bench = new Bench();
    bench.connect();
    bench.handshake();
    bench.send({ type: 'reconnect', plan: endlessPlan, pauseMs: 2000 });
    expect(bench.count('open')).toBe(1);
    bench.closed();
    expect(bench.wait()).toBe(2000);
    expect(bench.count('open')).toBe(2);
    expect(bench.state.reconnectCount).toBe(1);
  });

  it('waking up checks a standing session quickly and tries at once otherwise', () => {
    const bench = new Bench();
    bench.connect();
    bench.handshake();
    bench.now += 10_000;
    bench.send({ type: 'wake' });
    expect(bench.wait()).toBe(2000);
    expect(bench.state.reason).toBe('half-open');
    bench.closed();
    bench.wait();
    bench.closed('refused');
    bench.send({ type: 'wake' });
    expect(bench.count('open')).toBe(3);
  });

  it('begins an attempt again that slept through its time, without counting a failure', () => {
    const bench = new Bench();
    bench.connect();
    bench.send({ type: 'tcp', attempt: bench.attempt });
    bench.now += 3_600_000;
    bench.send({ type: 'wake' });
    expect(bench.count('close')).toBe(1);
    expect(nextAlarm(bench.state, bench.heard)).toBeNull();
    bench.closed();
    expect(bench.count('open')).toBe(2);
    expect(bench.state.failedAttempts).toBe(0);
    bench.handshake();
    expect(bench.state.phase).toBe('connected');
  });

  it('leaves an attempt alone that still has time when the computer wakes', () => {
    const bench = new Bench();
    bench.connect();
    bench.send({ type: 'wake' });
    expect(bench.count('close')).toBe(0);
    expect(bench.state.link.at).toBe('opening');
  });
});
