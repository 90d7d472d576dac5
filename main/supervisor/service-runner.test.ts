import { describe, expect, it } from 'vitest';
import type { ServiceView } from '../../shared/services.ts';
import { FakeClock, settle } from '../../testing/fake-clock.ts';
import { silentLog } from '../kit/log.ts';
import type { Service } from './service.ts';
import { ServiceRunner } from './service-runner.ts';

class Scripted implements Service {
  readonly name = 'forward' as const;
  starts = 0;
  stops = 0;
  /** What the next starts do; afterwards they succeed. */
  readonly script: (() => Promise<void>)[];

  constructor(...script: (() => Promise<void>)[]) {
    this.script = script;
  }

  async start(): Promise<void> {
    this.starts++;
    await this.script.shift()?.();
  }

  async stop(): Promise<void> {
    this.stops++;
  }
}

const fails = () => Promise.reject(new Error('the port is taken'));
const hangs = () => new Promise<void>(() => {});

function run(service: Service) {
  const clock = new FakeClock();
  const views: ServiceView[] = [];
  const runner = new ServiceRunner(service, {
    clock,
    log: silentLog,
    startDeadlineMs: 1_000,
    stopDeadlineMs: 500,
    changed: (view) => views.push(view),
  });
  return { clock, runner, phases: () => views.map(({ phase }) => phase) };
}

describe('a service', () => {
  it('goes from starting to running, and from stopping to stopped', async () => {
    const { runner, phases } = run(new Scripted());
    expect(await runner.start()).toBeNull();
    await runner.stop();
    expect(phases()).toEqual(['starting', 'running', 'stopping', 'stopped']);
  });

  it('that cannot start says why and is tried again, after longer and longer', async () => {
    const service = new Scripted(fails, fails, fails);
    const { runner, clock } = run(service);
    expect((await runner.start())?.message).toBe('the port is taken');
    expect(runner.view).toMatchObject({
      phase: 'backing-off',
      reason: 'the port is taken',
      attempt: 1,
      nextAttemptAt: clock.now() + 1_000,
    });
    await clock.advanceAsync(1_000);
    expect(runner.view).toMatchObject({ attempt: 2, nextAttemptAt: clock.now() + 2_000 });
    await clock.advanceAsync(2_000);
    expect(runner.view).toMatchObject({ attempt: 3, nextAttemptAt: clock.now() + 5_000 });
    await clock.advanceAsync(5_000);
    expect(runner.view).toMatchObject({ phase: 'running', reason: null });
    expect(service.starts).toBe(4);
  });

  it('that hangs at start is given up after its deadline', async () => {
    const { runner, clock } = run(new Scripted(hangs));
    const started = runner.start();
    await settle();
    clock.advance(1_000);
    expect((await started)?.message).toBe('forward did not start within 1 s');
    expect(runner.view.phase).toBe('backing-off');
  });

  it('that hangs at stop does not hold up the others', async () => {
    const service = new Scripted();
    service.stop = hangs;
    const { runner, clock } = run(service);
    await runner.start();
    const stopped = runner.stop();
    await settle();
    clock.advance(500);
    await stopped;
    expect(runner.view.phase).toBe('stopped');
  });

  it('that fails while running is stopped and started anew', async () => {
    const service = new Scripted();
    const { runner, clock } = run(service);
    await runner.start();
    runner.report.failed(new Error('the socket broke'));
    await settle();
    expect(runner.view).toMatchObject({ phase: 'backing-off', reason: 'the socket broke' });
    expect(service.stops).toBe(1);
    await clock.advanceAsync(1_000);
    expect(runner.view.phase).toBe('running');
  });

  it('is forgiven its failures once it has run for a while', async () => {
    const { runner, clock } = run(new Scripted(fails));
    await runner.start();
    await clock.advanceAsync(1_000);
    expect(runner.view.attempt).toBe(1);
    clock.advance(60_000);
    expect(runner.view.attempt).toBe(0);
  });

  it('that is stopped while it waits is not tried again', async () => {
    const service = new Scripted(fails);
    const { runner, clock } = run(service);
    await runner.start();
    await runner.stop();
    await clock.advanceAsync(60_000);
    expect(service.starts).toBe(1);
    expect(clock.pending).toBe(0);
  });

  it('tells that it is not well, and that it is well again', async () => {
    const { runner } = run(new Scripted());
    await runner.start();
    runner.report.degraded('shared memory is full');
    expect(runner.view).toMatchObject({ phase: 'degraded', reason: 'shared memory is full' });
    runner.report.well();
    expect(runner.view).toMatchObject({ phase: 'running', reason: null });
  });

  it('never starts and stops at once, however fast it is asked', async () => {
    let inside = 0;
    const service = new Scripted();
    const once = async () => {
      expect(++inside).toBe(1);
      await settle();
      inside--;
    };
    service.start = once;
    service.stop = once;
    const { runner } = run(service);
    await Promise.all([
      runner.start(),
      runner.stop(),
      runner.restart(),
      runner.start(),
      runner.stop(),
    ]);
    expect(runner.view.phase).toBe('stopped');
  });
});
