import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Simulator, type SimulatorOptions, startSimulator } from '../simulator/index.ts';
import { checkIbkr, type Finding, type IbkrCheckOptions } from './doctor.ts';
import { quick, until } from './testing/rig.ts';

let simulator: Simulator;
async function start(options: SimulatorOptions = {}): Promise<void> {
  simulator = await startSimulator({ marketHours: 'always', ...options });
}
beforeEach(() => start());
afterEach(() => simulator.close());

const check = (options: Partial<IbkrCheckOptions> = {}): Promise<readonly Finding[]> =>
  checkIbkr({
    host: simulator.host,
    port: simulator.port,
    clientId: 1,
    clientIdPolicy: 'cycle',
    live: false,
    gateway: false,
    ...(quick.timeouts ? { timeouts: quick.timeouts } : {}),
    ...options,
  });
const session = (findings: readonly Finding[]) => findings.find((one) => one.name === 'session');

describe('the check of the gateway', () => {
  it('finds nothing wrong with a gateway that is well, and leaves no session behind', async () => {
    const findings = await check();
    expect(findings.map((one) => [one.name, one.level])).toEqual([
      ['port', 'ok'],
      ['session', 'ok'],
      ['accounts', 'ok'],
      ['clock', 'ok'],
    ]);
    expect(findings.map((one) => one.text).join()).toMatch(/DU1234567/);
    await until('the gateway has let go', () => simulator.sessions().length === 0);
  });

  it('says that nothing listens, and what to do', async () => {
    simulator.fault('refuse');
    const found = session(await check());
    expect(found).toMatchObject({ level: 'problem' });
    expect(found?.text).toMatch(/Nothing listens on 127\.0\.0\.1:\d+/);
    expect(found?.todo.join()).toMatch(/Start TWS or IB Gateway/);
  });

  it('tells a gateway that is stuck from one that is away', async () => {
    simulator.fault('mute');
    expect(session(await check())?.text).toMatch(/accepts the connection but says nothing/);
  });

  it('tries other ids when one is taken, unless the id is fixed', async () => {
    simulator.fault('client-id-in-use', { ids: [1, 2] });
    expect(session(await check())?.text).toMatch(/client id 3/);
    const fixed = session(await check({ clientIdPolicy: 'fixed' }));
    expect(fixed).toMatchObject({ level: 'problem' });
    expect(fixed?.text).toMatch(/Client id 1 is in use/);
  });

  it('explains an account of the wrong kind', async () => {
    expect(session(await check({ live: true }))?.text).toMatch(/paper account/);
  });

  it('explains what a port usually means', async () => {
    const findings = await check({ port: 4001 });
    expect(findings[0]).toMatchObject({ name: 'port', level: 'problem' });
    expect(findings[0]?.text).toMatch(/IB Gateway with a live account.*paper trading is set/);
  });

  it('notices a clock that is wrong', async () => {
    simulator.fault('clock-skew', { seconds: -90 });
    const clock = (await check()).find((one) => one.name === 'clock');
    expect(clock).toMatchObject({ level: 'warning' });
    expect(clock?.text).toMatch(/behind/);
  });
});
