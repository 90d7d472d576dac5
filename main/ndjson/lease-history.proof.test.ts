import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { count } from '../../testing/counts.ts';
import { createForward } from '../forward/forward.ts';
import { createIbkrService } from '../ibkr/service.ts';
import { systemClock } from '../kit/clock.ts';
import { silentLog } from '../kit/log.ts';
import { tcpProbe } from '../reservation/probe.ts';
import { createReservation, type Reservation } from '../reservation/reservation.ts';
import { startSimulator } from '../simulator/index.ts';
import { LineClient } from './line-client.ts';
import { createNdjsonServer } from './server.ts';
import { BareTwsClient } from './testing/bare-tws-client.ts';
import { testOptions, testPorts } from './testing/doubles.ts';
import { overlaps, type SessionInterval, SessionWitness } from './testing/session-history.ts';

const ourClientId = 1;
const clients = 100;
const stops: (() => unknown)[] = [];

afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

/** Everything a lease touches, for real: gateway, our session, reservation, port, server. */
async function world(fault?: 'keeps-our-session-open') {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'gatehouse-history-'));
  const gateway = await startSimulator({
    controlPort: false,
    marketHours: 'always',
    limits: false,
  });
  const target = { host: gateway.host, port: gateway.port };
  const clock = systemClock;
  const log = silentLog;
  const ibkr = createIbkrService(
    {
      ...target,
      clientId: ourClientId,
      clientIdPolicy: 'fixed',
      autoReconnect: true,
      live: false,
      gateway: false,
      marketDataType: 'delayed',
      clock,
      log,
    },
    { quotes: { tick() {} }, publish() {} },
  );
  const reservation = createReservation(
    { clock, log, file: path.join(folder, 'lease.json'), probeEveryMs: 60_000 },
    {
      session: {
        close: async () => {
          if (fault !== 'keeps-our-session-open') await ibkr.closeForReservation();
        },
        resume: () => ibkr.resume(),
        isOpen: () => fault !== 'keeps-our-session-open' && ibkr.isOpen(),
      },
      isDownloading: () => false,
      probe: tcpProbe(() => target),
    },
  );
  const forward = createForward(
    { host: '127.0.0.1', port: 0, target, policy: 'reserved', clock, log },
    {
      lease: {
        held: () => reservation.admits(),
        onChange: (listener) => reservation.onChange(listener),
      },
    },
  );
  const server = createNdjsonServer(testOptions(), testPorts({ lease: reservation }));
  await reservation.start();
  await ibkr.start();
  const { port } = await server.start();
  const forwarded = (await forward.start()).port;
  const witness = new SessionWitness();
  let looking = true;
  const look = (): void => {
    witness.look(gateway.sessions());
    if (looking) setImmediate(look);
  };
  look();
  stops.push(
    () => rmSync(folder, { recursive: true, force: true }),
    () => gateway.close(),
    () => ibkr.stop(),
    () => reservation.stop(),
    () => server.stop(),
    () => forward.stop(),
    () => {
      looking = false;
    },
  );
  return { port, forwarded, direct: gateway.port, reservation, witness };
}

type World = Awaited<ReturnType<typeof world>>;

/** A generator of its own, so that a run can be told by its seed. */
function random(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return (state >>> 8) % below;
  };
}

interface Answer {
  readonly id: unknown;
  readonly data?: {
    readonly status?: string;
    readonly orphaned?: boolean;
    readonly lease?: string;
  };
}

async function ask(client: LineClient, type: string, fields: object = {}): Promise<Answer | null> {
  client.write(`${JSON.stringify({ v: 1, id: type, type, ...fields })}\n`);
  for (;;) {
    const line = await client.line();
    if (line === null) return null;
    const answer = JSON.parse(line) as Answer;
    if (answer.id === type) return answer;
  }
}

/** One turn of one client: asks for the session in one of many ways, uses it, and ends in one of many. */
async function turn(
  around: World,
  clientId: number,
  dice: (below: number) => number,
): Promise<void> {
  const client = await LineClient.connect(around.port);
  try {
    const plain = dice(3) === 0;
    const expiring = !plain && dice(3) === 0;
    const terms = plain
      ? {}
      : {
          client: `c${clientId}`,
          ...(dice(2) === 0 ? { wait_ms: dice(300) } : {}),
          ...(expiring ? { ttl_ms: 20 + dice(150) } : {}),
          ...(dice(3) === 0 ? { bind: 'connection' } : {}),
        };
    const answer = await ask(client, 'acquire_ibkr', terms);
    if (answer?.data?.status !== 'acquired') {
      // Somebody has to clear away what crashed programs leave behind.
      const state = await ask(client, 'get_reservation');
      if (state?.data?.orphaned) await ask(client, 'release_ibkr');
      return;
    }
    // What runs out by itself can only be fenced where it goes through the forwarded port.
    const fenced = expiring || dice(2) === 0;
    const tws = await BareTwsClient.open(fenced ? around.forwarded : around.direct, clientId);
    await sleep(dice(30));
    if (expiring) {
      await tws?.closed;
    } else if (dice(3) === 0) {
      tws?.crash();
      client.close();
    } else {
      await tws?.close();
      await ask(client, 'release_ibkr', plain ? {} : { lease: answer.data.lease });
    }
  } finally {
    client.close();
  }
}

async function run(
  around: World,
  forMs: number,
  seed: number,
): Promise<readonly SessionInterval[]> {
  const begin = Date.now();
  const until = begin + forMs;
  const client = async (number: number): Promise<void> => {
    const dice = random(seed + number);
    while (Date.now() < until) {
      await turn(around, 100 + number, dice);
      await sleep(dice(1000));
      // Now and then nobody asks, so that our own session comes back and has to go again.
      while (Date.now() < until && (Date.now() - begin) % 2000 > 1000) await sleep(20);
    }
  };
  const operator = async (reservation: Reservation): Promise<void> => {
    while (Date.now() < until) {
      await sleep(500);
      // A program that uses a direct connection cannot be cut, so only orphans are forced here.
      if (reservation.view().orphaned) reservation.forceRelease();
    }
  };
  await Promise.all([
    operator(around.reservation),
    ...Array.from({ length: clients }, (_, i) => client(i)),
  ]);
  return around.witness.history();
}

describe('a hundred clients that acquire, crash, expire and release as it comes', () => {
  it('never have two sessions at the gateway at once, ours included', async () => {
    const around = await world();
    const history = await run(around, count(6000, 60_000), 7);
    expect(overlaps(history)).toEqual([]);
    const holders = new Set(history.map(({ clientId }) => clientId));
    expect(holders.size).toBeGreaterThan(count(10, 50));
    expect(history.filter(({ clientId }) => clientId === ourClientId).length).toBeGreaterThan(1);
  });

  it('are caught when our session does not close for them', async () => {
    const around = await world('keeps-our-session-open');
    const history = await run(around, 1500, 11);
    const [pair] = overlaps(history);
    expect(pair?.map(({ clientId }) => clientId)).toContain(ourClientId);
  });
});

describe('the checker', () => {
  const at = (session: number, from: number, to: number) => ({
    ...{ session, clientId: session, from, to },
  });

  it('finds sessions that overlap, however far apart they began', () => {
    expect(overlaps([at(1, 1, 9), at(2, 3, 4), at(3, 6, 7)])).toHaveLength(2);
    expect(overlaps([at(1, 1, 3), at(2, 3, 4)])).toHaveLength(1);
    expect(overlaps([at(2, 4, 6), at(1, 1, 3), at(3, 7, 7)])).toEqual([]);
  });

  it('finds one overlap seeded into a true history', async () => {
    const around = await world();
    const history = await run(around, 1000, 3);
    const [victim] = history;
    if (!victim) throw new Error('Nobody connected');
    const seeded = { session: -1, clientId: 999, from: victim.to, to: victim.to };
    expect(overlaps(history)).toEqual([]);
    expect(overlaps([...history, seeded])).toHaveLength(1);
  });
});
