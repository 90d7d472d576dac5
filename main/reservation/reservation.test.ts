import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FakeClock, settle } from '../../testing/fake-clock.ts';
import { silentLog } from '../kit/log.ts';
import type { LeaseTerms } from './lease.ts';
import type { ReservationPorts } from './ports.ts';
import { createReservation, type Reservation, type ReservationOptions } from './reservation.ts';

let folder: string;
let file: string;
let clock: FakeClock;

beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'gatehouse-lease-'));
  file = path.join(folder, 'lease.json');
  clock = new FakeClock();
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A session that tells what was done to it. */
class RecordingSession {
  readonly calls: string[] = [];
  open = true;
  failure: Error | null = null;

  async close(): Promise<void> {
    this.calls.push('close');
    await settle();
    if (this.failure) throw this.failure;
    this.open = false;
    this.calls.push('closed');
  }

  resume(): void {
    this.calls.push('resume');
    this.open = true;
  }

  isOpen(): boolean {
    return this.open;
  }
}

interface Setup {
  readonly reservation: Reservation;
  readonly session: RecordingSession;
  readonly world: { downloading: boolean; reachable: boolean };
  readonly askedBack: string[];
}

async function setUp(options: Partial<ReservationOptions> = {}): Promise<Setup> {
  const session = new RecordingSession();
  const world = { downloading: false, reachable: true };
  const ports: ReservationPorts = {
    session,
    isDownloading: () => world.downloading,
    probe: async () => world.reachable,
  };
  const reservation = createReservation(
    { clock, log: silentLog, file, bootId: 'boot-1', ...options },
    ports,
  );
  const askedBack: string[] = [];
  reservation.onAskBack((connection, why) => askedBack.push(`${connection} ${why}`));
  await reservation.start();
  return { reservation, session, world, askedBack };
}

function from(connection: number, terms: Partial<LeaseTerms> | null = null) {
  return {
    connection,
    peer: `127.0.0.1:${5000 + connection}`,
    loopback: true,
    terms: terms && { client: null, ttlMs: null, waitMs: null, bound: false, ...terms },
  };
}

function asker(connection: number) {
  const { terms: _, ...who } = from(connection);
  return who;
}

async function tokenOf(reservation: Reservation, terms: Partial<LeaseTerms>): Promise<string> {
  const outcome = await reservation.acquire(from(1, terms));
  if (outcome.kind !== 'acquired') throw new Error(outcome.kind);
  return outcome.lease.token;
}

describe('acquiring', () => {
  it('closes our session before it answers', async () => {
    const { reservation, session } = await setUp();
    const outcome = await reservation.acquire(from(1));
    expect(outcome.kind).toBe('acquired');
    expect(session.calls).toEqual(['close', 'closed']);
    expect(session.open).toBe(false);
  });

  it('has one winner among fifty', async () => {
    const { reservation } = await setUp();
    const outcomes = await Promise.all(
      Array.from({ length: 50 }, (_, i) => reservation.acquire(from(i + 1))),
    );
    expect(outcomes.filter(({ kind }) => kind === 'acquired')).toHaveLength(1);
    expect(outcomes.filter(({ kind }) => kind === 'conflict')).toHaveLength(49);
  });

  it('is denied while a download runs, unless it is reserved already', async () => {
    const { reservation, world } = await setUp();
    world.downloading = true;
    expect((await reservation.acquire(from(1))).kind).toBe('denied');
    world.downloading = false;
    await reservation.acquire(from(1));
    world.downloading = true;
    expect((await reservation.acquire(from(2))).kind).toBe('conflict');
  });

  it('fails, and gives our session back, when our session does not close', async () => {
    const { reservation, session } = await setUp();
    session.failure = new Error('stuck');
    expect(await reservation.acquire(from(1))).toMatchObject({ kind: 'failed' });
    expect(session.calls.at(-1)).toBe('resume');
    expect(reservation.view().state).toBe('free');
    expect(existsSync(file)).toBe(false);
  });

  it('fails rather than forget the holder in a crash, when the lease cannot be recorded', async () => {
    const { reservation, session } = await setUp({ file: path.join(folder, 'missing', 'lease') });
    expect(await reservation.acquire(from(1))).toMatchObject({ kind: 'failed' });
    expect(session.calls.at(-1)).toBe('resume');
  });

  it('gives up a session that takes for ever to close', async () => {
    const { reservation, session } = await setUp();
    session.close = () => new Promise(() => {});
    const outcome = reservation.acquire(from(1));
    await clock.advanceAsync(10_000);
    expect(await outcome).toMatchObject({ kind: 'failed' });
  });

  it('drops a lease nobody was told of, when its connection closes meanwhile', async () => {
    const { reservation, session } = await setUp();
    const outcome = reservation.acquire(from(1));
    reservation.connectionClosed(1);
    expect((await outcome).kind).toBe('gone');
    expect(reservation.view().state).toBe('free');
    expect(session.calls).toEqual(['close', 'closed', 'resume']);
  });
});

describe('releasing', () => {
  it('answers at once and lets our session come back', async () => {
    const { reservation, session } = await setUp();
    await reservation.acquire(from(1));
    expect(reservation.release({ connection: 2, token: null }).kind).toBe('released');
    expect(session.calls.at(-1)).toBe('resume');
    expect(reservation.release({ connection: 2, token: null }).kind).toBe('not-reserved');
    expect(existsSync(file)).toBe(false);
  });

  it('of an owned lease is for its holder, its token or the operator', async () => {
    const { reservation } = await setUp();
    const token = await tokenOf(reservation, { client: 'algo' });
    expect(reservation.release({ connection: 2, token: null })).toMatchObject({
      kind: 'not-holder',
      lease: { client: 'algo' },
    });
    expect(reservation.release({ connection: 2, token: 'wrong' }).kind).toBe('wrong-token');
    expect(reservation.release({ connection: 2, token }).kind).toBe('released');

    await tokenOf(reservation, { client: 'algo' });
    expect(reservation.release({ connection: 1, token: null }).kind).toBe('released');

    await tokenOf(reservation, { client: 'algo' });
    expect(reservation.forceRelease().state).toBe('free');
  });

  it('of an orphan is for anybody', async () => {
    const { reservation } = await setUp();
    await tokenOf(reservation, { client: 'algo' });
    reservation.connectionClosed(1);
    expect(reservation.view()).toMatchObject({ state: 'reserved', orphaned: true });
    expect(reservation.release({ connection: 2, token: null }).kind).toBe('released');
  });

  it('comes with the connection of a bound lease', async () => {
    const { reservation } = await setUp();
    await tokenOf(reservation, { bound: true });
    reservation.connectionClosed(1);
    expect(reservation.view().state).toBe('free');
  });

  it('comes with the time for orphans, where one is set', async () => {
    const { reservation } = await setUp({ orphanTimeoutMs: 5000 });
    await reservation.acquire(from(1));
    reservation.connectionClosed(1);
    await clock.advanceAsync(4999);
    expect(reservation.view().state).toBe('reserved');
    await clock.advanceAsync(1);
    expect(reservation.view().state).toBe('free');
  });
});

describe('a time-to-live', () => {
  it('asks the holder back shortly before it ends, then ends', async () => {
    const { reservation, askedBack, session } = await setUp();
    await tokenOf(reservation, { ttlMs: 60_000 });
    await clock.advanceAsync(49_999);
    expect(askedBack).toEqual([]);
    await clock.advanceAsync(1);
    expect(askedBack).toEqual(['1 expiring']);
    await clock.advanceAsync(10_000);
    expect(reservation.view().state).toBe('free');
    expect(session.calls.at(-1)).toBe('resume');
    expect(askedBack).toHaveLength(1);
  });

  it('is extended by the token, which also adopts an orphan', async () => {
    const { reservation, askedBack } = await setUp();
    const token = await tokenOf(reservation, { ttlMs: 10_000 });
    reservation.connectionClosed(1);
    expect(reservation.renew({ ...asker(2), token: 'x', ttlMs: 1 }).kind).toBe('wrong-token');
    expect(reservation.renew({ ...asker(2), token, ttlMs: 60_000 }).kind).toBe('renewed');
    expect(reservation.view()).toMatchObject({
      orphaned: false,
      peer: '127.0.0.1:5002',
      expiresAt: clock.now() + 60_000,
    });
    await clock.advanceAsync(50_000);
    expect(askedBack).toEqual(['2 expiring']);
  });
});

describe('the queue', () => {
  it('is served in order, without our session coming back in between', async () => {
    const { reservation, session } = await setUp();
    await reservation.acquire(from(1));
    const places: string[] = [];
    const waiting = [2, 3, 4].map((id) =>
      reservation.acquire(from(id, { waitMs: 60_000 }), (place) => places.push(`${id}:${place}`)),
    );
    expect(places).toEqual(['2:1', '3:2', '4:3']);
    reservation.release({ connection: 1, token: null });
    expect((await waiting[0])?.kind).toBe('acquired');
    expect(places.slice(3)).toEqual(['3:1', '4:2']);
    expect(session.calls).not.toContain('resume');
    reservation.connectionClosed(3);
    expect((await waiting[1])?.kind).toBe('gone');
    reservation.release({ connection: 2, token: null });
    expect((await waiting[2])?.kind).toBe('acquired');
    expect(reservation.view()).toMatchObject({ queueLength: 0, peer: '127.0.0.1:5004' });
  });

  it('lets nobody pass who comes later', async () => {
    const { reservation, world } = await setUp();
    world.downloading = true;
    const first = reservation.acquire(from(1, { waitMs: 60_000 }));
    world.downloading = false;
    expect((await reservation.acquire(from(2))).kind).toBe('conflict');
    expect((await first).kind).toBe('acquired');
  });

  it('waits through a download and wins when it pauses', async () => {
    const { reservation, world } = await setUp();
    world.downloading = true;
    const waiting = reservation.acquire(from(1, { waitMs: 60_000 }));
    await clock.advanceAsync(5000, 500);
    world.downloading = false;
    await clock.advanceAsync(200);
    expect((await waiting).kind).toBe('acquired');
  });

  it('tells those whose patience ends', async () => {
    const { reservation } = await setUp();
    await reservation.acquire(from(1));
    const waiting = reservation.acquire(from(2, { waitMs: 3000 }));
    await clock.advanceAsync(3000);
    expect(await waiting).toEqual({ kind: 'timed-out', waitedMs: 3000, reserved: true });
    expect(reservation.view().queueLength).toBe(0);
  });

  it('has an end', async () => {
    const { reservation } = await setUp({ maxQueue: 1 });
    await reservation.acquire(from(1));
    void reservation.acquire(from(2, { waitMs: 3000 }));
    expect((await reservation.acquire(from(3, { waitMs: 3000 }))).kind).toBe('crowded');
  });
});

describe('asking back', () => {
  it('happens once each time the gateway is lost, to a holder that still lives', async () => {
    const { reservation, world, askedBack } = await setUp();
    await reservation.acquire(from(1));
    await settle();
    world.reachable = false;
    await clock.advanceAsync(45_000, 15_000);
    expect(askedBack).toEqual(['1 gateway-lost']);
    world.reachable = true;
    await clock.advanceAsync(15_000);
    reservation.gatewaySeen('unreachable');
    expect(askedBack).toHaveLength(2);
    expect(reservation.view().state).toBe('reserved');
    reservation.connectionClosed(1);
    reservation.gatewaySeen('reached');
    reservation.gatewaySeen('unreachable');
    expect(askedBack).toHaveLength(2);
  });

  it('does not happen for a gateway that was never seen', async () => {
    const { reservation, world, askedBack, session } = await setUp();
    session.open = false;
    world.reachable = false;
    await reservation.acquire(from(1));
    await clock.advanceAsync(45_000, 15_000);
    expect(askedBack).toEqual([]);
  });

  it('follows a dropped forwarded connection as soon as a look confirms it', async () => {
    const { reservation, world, askedBack } = await setUp();
    await reservation.acquire(from(1));
    await settle();
    reservation.gatewaySeen('dropped');
    await settle();
    expect(askedBack).toEqual([]);
    world.reachable = false;
    reservation.gatewaySeen('dropped');
    await settle();
    expect(askedBack).toEqual(['1 gateway-lost']);
  });

  it('follows a recall, which shuts the forwarded port but leaves the lease', async () => {
    const { reservation, askedBack } = await setUp();
    await reservation.acquire(from(1));
    expect(reservation.admits()).toBe(true);
    expect(reservation.recall()).toMatchObject({ state: 'reserved', recalled: true });
    expect(askedBack).toEqual(['1 recalled']);
    expect(reservation.admits()).toBe(false);
  });
});

describe('after a restart', () => {
  it('the lease stands as an orphan and keeps our session closed', async () => {
    const first = await setUp();
    const token = await tokenOf(first.reservation, { client: 'algo', ttlMs: 60_000 });
    const { expiresAt } = first.reservation.view();
    await first.reservation.stop();

    clock.advance(1000);
    const second = await setUp();
    expect(second.session.open).toBe(false);
    expect(second.reservation.view()).toMatchObject({
      state: 'reserved',
      holder: 'algo',
      orphaned: true,
      expiresAt,
    });
    expect((await second.reservation.acquire(from(2))).kind).toBe('conflict');
    expect(second.reservation.release({ connection: 3, token }).kind).toBe('released');
  });

  it('of the service alone it is the same', async () => {
    const { reservation, session } = await setUp();
    await reservation.acquire(from(1));
    await reservation.stop();
    await reservation.start();
    expect(reservation.view()).toMatchObject({ state: 'reserved', orphaned: true });
    reservation.release({ connection: 2, token: null });
    expect(session.open).toBe(true);
  });

  it('of the service alone, in the middle of an acquire, gives our session back', async () => {
    const { reservation, session } = await setUp();
    const outcome = reservation.acquire(from(1));
    await reservation.stop();
    expect((await outcome).kind).toBe('gone');
    await settle();
    await reservation.start();
    expect(reservation.view().state).toBe('free');
    expect(session.open).toBe(true);
  });

  it('keeps the deadline of a time-to-live', async () => {
    const first = await setUp();
    await tokenOf(first.reservation, { ttlMs: 60_000 });
    await first.reservation.stop();
    clock.advance(50_000);
    const second = await setUp();
    await clock.advanceAsync(9_999);
    expect(second.reservation.view().state).toBe('reserved');
    await clock.advanceAsync(1);
    expect(second.reservation.view().state).toBe('free');
  });

  it('drops what ran out meanwhile, and what a reboot of this machine ended', async () => {
    const first = await setUp();
    await tokenOf(first.reservation, { ttlMs: 1000 });
    await first.reservation.stop();
    clock.advance(2000);
    const second = await setUp();
    expect(second.reservation.view().state).toBe('free');
    await second.reservation.acquire(from(1));
    await second.reservation.stop();
    const third = await setUp({ bootId: 'boot-2' });
    expect(third.reservation.view().state).toBe('free');
    expect(third.session.open).toBe(true);
    expect(existsSync(file)).toBe(false);
  });

  it('keeps the lease of a holder on another machine through a reboot', async () => {
    const first = await setUp();
    await first.reservation.acquire({ ...from(1), loopback: false });
    await first.reservation.stop();
    const second = await setUp({ bootId: 'boot-2' });
    expect(second.reservation.view().state).toBe('reserved');
  });
});

describe('the token', () => {
  it('is in the file, which is private, and in nothing that is shown', async () => {
    const { reservation } = await setUp();
    const token = await tokenOf(reservation, { client: 'algo' });
    expect(readFileSync(file, 'utf8')).toContain(token);
    expect(statSync(file).mode & 0o077).toBe(0);
    expect(JSON.stringify(reservation.view())).not.toContain(token);
  });
});

it('leaves no alarm behind', async () => {
  const { reservation } = await setUp({ orphanTimeoutMs: 1000 });
  await tokenOf(reservation, { ttlMs: 60_000 });
  void reservation.acquire(from(2, { waitMs: 5000 }));
  await settle();
  await reservation.stop();
  expect(clock.pending).toBe(0);
});
