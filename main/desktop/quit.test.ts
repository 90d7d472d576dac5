import { describe, expect, it } from 'vitest';
import { FakeClock, settle } from '../../testing/fake-clock.ts';
import { silentLog } from '../kit/log.ts';
import { Quit, stopDeadlineMs } from './quit.ts';

function quitting(stop: () => Promise<void>) {
  const clock = new FakeClock();
  const exits: number[] = [];
  const quit = new Quit({ stop, exit: (code) => exits.push(code) }, clock, silentLog);
  return { clock, exits, quit };
}

describe('quitting', () => {
  it('ends when the services have stopped, not before', async () => {
    let stopped: () => void = () => {};
    const { exits, quit, clock } = quitting(
      () =>
        new Promise((done) => {
          stopped = done;
        }),
    );
    quit.begin();
    await clock.advanceAsync(1);
    expect(exits).toEqual([]);
    stopped();
    await settle();
    expect(exits).toEqual([0]);
    expect(clock.pending).toBe(0);
  });

  it('lets whatever is running come to its end first', async () => {
    let stops = 0;
    const { clock, quit } = quitting(async () => void stops++);
    quit.begin();
    expect([quit.begun, stops]).toEqual([true, 0]);
    await clock.advanceAsync(1);
    expect(stops).toBe(1);
  });

  it('stops once, however often it is asked', async () => {
    let stops = 0;
    const { clock, exits, quit } = quitting(async () => void stops++);
    for (let i = 0; i < 3; i++) quit.begin();
    await clock.advanceAsync(1);
    expect([stops, exits]).toEqual([1, [0]]);
  });

  it('does not wait for ever', async () => {
    const { clock, exits, quit } = quitting(() => new Promise(() => {}));
    quit.begin();
    await clock.advanceAsync(stopDeadlineMs - 1);
    expect(exits).toEqual([]);
    await clock.advanceAsync(1);
    expect(exits).toEqual([0]);
    expect(stopDeadlineMs).toBeLessThan(15_000);
  });

  it('ends even when the stop fails', async () => {
    const { clock, exits, quit } = quitting(() => Promise.reject(new Error('no')));
    quit.begin();
    await clock.advanceAsync(1);
    expect(exits).toEqual([0]);
  });
});
