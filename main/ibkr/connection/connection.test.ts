import { describe, expect, it } from 'vitest';
import { FakeClock } from '../../../testing/fake-clock.ts';
import { silentLog } from '../../kit/log.ts';
import type { ClientEvents, GatewayClient, OpenOptions } from '../client/client-port.ts';
import { Connection } from './connection.ts';
import { Outbox } from './outbox.ts';
import { endlessPlan, machineDefaults } from './state.ts';
import { Story } from './story.ts';

/** A gateway made of function calls. */
class Wire {
  readonly opened: (OpenOptions & { readonly events: ClientEvents })[] = [];
  probes = 0;
  closes = 0;

  readonly open = (options: OpenOptions, events: ClientEvents): GatewayClient => {
    this.opened.push({ ...options, events });
    return {
      raw: {},
      probe: () => void this.probes++,
      close: () => void this.closes++,
    } as unknown as GatewayClient;
  };

  get events(): ClientEvents {
    const last = this.opened.at(-1);
    if (!last) throw new Error('Nothing was opened.');
    return last.events;
  }

  handshake(): void {
    this.events.tcp();
    this.events.hello(178);
    this.events.accounts(['DU1']);
    this.events.ready();
  }
}

function connected(clock: FakeClock): { readonly wire: Wire; readonly connection: Connection } {
  const wire = new Wire();
  const connection = new Connection(
    {
      ...machineDefaults,
      host: 'h',
      port: 7497,
      clientIds: { policy: 'cycle', first: 1 },
      restart: { dailyRestart: '23:45', timeZone: 'UTC' },
    },
    { clock, log: silentLog, open: wire.open, random: () => 0 },
    {},
  );
  connection.dispatch({ type: 'connect', plan: endlessPlan });
  wire.handshake();
  return { wire, connection };
}

describe('the connection', () => {
  it('has one timer at a time and none when it is over', async () => {
    const clock = new FakeClock();
    const { wire, connection } = connected(clock);
    expect(clock.pending).toBe(1);
    const probes = wire.probes;
    clock.advance(5000);
    expect(wire.probes).toBe(probes + 1);
    expect(clock.pending).toBe(1);
    connection.dispatch({ type: 'disconnect' });
    let closed = false;
    const closing = connection.closed().then(() => {
      closed = true;
    });
    await Promise.resolve();
    expect(closed).toBe(false);
    wire.events.closed('ended');
    await closing;
    expect(clock.pending).toBe(0);
  });

  it('asks the time of the gateway at once, and no more while something is heard', () => {
    const clock = new FakeClock();
    const { wire, connection } = connected(clock);
    expect(wire.probes).toBe(1);
    wire.events.time(clock.now() / 1000 + 3);
    expect(connection.state.clockSkewMs).toBe(3000);
    for (let second = 0; second < 60; second++) {
      clock.advance(1000);
      wire.events.heard();
    }
    expect(wire.probes).toBe(1);
  });

  it('takes an alarm that rings much too late for a computer that slept', () => {
    const clock = new FakeClock();
    const { wire, connection } = connected(clock);
    const probes = wire.probes;
    sleep(clock, 3_600_000);
    expect(wire.probes).toBe(probes + 1);
    expect(connection.story.entries.at(-1)?.text).toMatch(/woke up/);
    clock.advance(2000);
    expect(connection.state.reason).toBe('half-open');
  });

  it('hears nothing of a socket that has been replaced', () => {
    const clock = new FakeClock();
    const { wire, connection } = connected(clock);
    const old = wire.events;
    old.closed('ended');
    clock.advance(1000);
    expect(wire.opened).toHaveLength(2);
    old.message(1100, 'lost');
    old.closed('ended');
    old.ready();
    expect(connection.state.link.at).toBe('opening');
    wire.handshake();
    old.message(1100, 'lost');
    expect(connection.isOpen).toBe(true);
    expect(wire.opened.map((one) => one.clientId)).toEqual([1, 2]);
  });
});

describe('the outbox', () => {
  it('sends no more than so many in any second, urgent ones first', () => {
    const clock = new FakeClock();
    const outbox = new Outbox(clock, 3);
    const sent: [string, number][] = [];
    const begun = clock.now();
    const send = (name: string, urgent = false): void =>
      outbox.send(() => sent.push([name, clock.now() - begun]), urgent);
    for (const name of ['a', 'b', 'c', 'd', 'e']) send(name);
    send('urgent', true);
    expect(sent).toHaveLength(3);
    clock.advance(999);
    expect(sent).toHaveLength(3);
    clock.advance(1);
    expect(sent.slice(3)).toEqual([
      ['urgent', 1000],
      ['d', 1000],
      ['e', 1000],
    ]);
  });

  it('counts what the connection before it sent in the same second', () => {
    const clock = new FakeClock();
    const sent: number[] = [];
    const before = new Outbox(clock, 3, sent);
    const after = new Outbox(clock, 3, sent);
    let arrived = 0;
    for (let i = 0; i < 2; i++) before.send(() => arrived++);
    before.close();
    for (let i = 0; i < 3; i++) after.send(() => arrived++);
    expect(arrived).toBe(3);
    clock.advance(1000);
    expect(arrived).toBe(5);
  });

  it('forgets what waits when it is closed', () => {
    const clock = new FakeClock();
    const outbox = new Outbox(clock, 1);
    let sent = 0;
    for (let i = 0; i < 5; i++) outbox.send(() => sent++);
    outbox.close();
    outbox.send(() => sent++);
    clock.advance(10_000);
    expect(sent).toBe(1);
    expect(clock.pending).toBe(0);
  });
});

describe('the story', () => {
  it('keeps two hundred lines and tells a repetition once', () => {
    const story = new Story(silentLog);
    for (let i = 0; i < 3; i++) story.tell({ at: i, level: 'info', text: 'again' });
    expect(story.entries).toHaveLength(1);
    for (let i = 0; i < 500; i++) story.tell({ at: i, level: 'info', text: `line ${i}` });
    expect(story.entries).toHaveLength(200);
    expect(story.entries.at(-1)?.text).toBe('line 499');
  });
});

/** The clock's hands jump, and only then its alarms ring: as after the lid was closed. */
function sleep(clock: FakeClock, ms: number): void {
  const now = clock.now.bind(clock);
  clock.now = () => now() + ms;
  clock.advance(5000);
}
