import { FakeClock } from '../../../testing/fake-clock.ts';
import { type Simulator, type SimulatorOptions, startSimulator } from '../index.ts';
import { Probe, type ProbeOptions, until } from './probe.ts';
import { tinyMarket } from './tiny-market.ts';

/** Simulators and clients of one test, all gone when it ends. */
export class Stage {
  readonly #simulators: Simulator[] = [];
  readonly #probes: Probe[] = [];

  async running(options: SimulatorOptions = {}) {
    const clock = new FakeClock();
    const simulator = await startSimulator({ clock, market: tinyMarket(), ...options });
    this.#simulators.push(simulator);
    return { clock, simulator };
  }

  async client(simulator: Simulator, clientId = 1, options: ProbeOptions = {}): Promise<Probe> {
    return this.keep(await Probe.start(simulator.port, { clientId, ...options }));
  }

  /** A client that has been told everything a start brings. */
  async greeted(simulator: Simulator, clientId = 1, options: ProbeOptions = {}): Promise<Probe> {
    const probe = await this.client(simulator, clientId, options);
    await until(() => probe.codes().includes(2158), 'the farm messages');
    probe.forget();
    return probe;
  }

  /** A connection that has said nothing yet. */
  async silent(simulator: Simulator): Promise<Probe> {
    return this.keep(await Probe.open(simulator.port));
  }

  keep(probe: Probe): Probe {
    this.#probes.push(probe);
    return probe;
  }

  async clear(): Promise<void> {
    for (const probe of this.#probes.splice(0)) probe.close();
    for (const simulator of this.#simulators.splice(0)) await simulator.close();
  }
}

/** Turns the clock until it has happened. */
export async function turn(
  clock: FakeClock,
  condition: () => boolean,
  what: string,
): Promise<void> {
  await until(() => {
    clock.advance(250);
    return condition();
  }, what);
}

/** Waits until everything sent so far has been read and answered. */
export async function quiet(probe: Probe): Promise<void> {
  const before = probe.all('currentTime').length;
  probe.request('currentTime', { version: 1 });
  await until(() => probe.all('currentTime').length > before, 'the echo');
}
