import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, type TestContext } from 'vitest';
import { type Simulator, startSimulator } from '../main/simulator/index.ts';

async function gateway(context: TestContext): Promise<Simulator> {
  const simulator = await startSimulator({ marketHours: 'always' });
  context.onTestFinished(() => simulator.close());
  return simulator;
}

/** Runs an example as a user would, with the simulated gateway in the place of TWS. */
function run(
  simulator: Simulator,
  name: string,
  ...args: readonly string[]
): Promise<{ code: number; out: string }> {
  const file = fileURLToPath(new URL(`./${name}.ts`, import.meta.url));
  const env = { ...process.env, IB_HOST: simulator.host, IB_PORT: String(simulator.port) };
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      ['--import', 'tsx', file, ...args],
      { env, timeout: 60_000 },
      (error, stdout, stderr) =>
        resolve({ code: error ? Number(error.code ?? 1) : 0, out: stdout + stderr }),
    );
  });
}

describe('the examples', () => {
  it.concurrent('basic: reads account, bars and a price, and disconnects', async (context) => {
    const simulator = await gateway(context);
    const { code, out } = await run(simulator, 'basic');
    expect(out).toMatch(/accounts DU1234567/);
    expect(out).toMatch(/NetLiquidation: \d+/);
    expect(out).toMatch(/AAPL: \d+ daily bars, last close [\d.]+/);
    expect(out).toMatch(/AAPL now: [\d.]+\nDisconnected\./);
    expect(code).toBe(0);
    expect(simulator.sessions()).toHaveLength(0);
  }, 60_000);

  it.concurrent('basic: says what to do when there is no gateway', async (context) => {
    const simulator = await gateway(context);
    simulator.fault('refuse');
    const { code, out } = await run(simulator, 'basic');
    expect(code).toBe(1);
    expect(out).toMatch(/Could not connect to 127\.0\.0\.1:\d+ after 2 tries/);
    expect(out).toMatch(/ {2}- Start TWS or IB Gateway/);
  }, 60_000);

  it.concurrent('advanced: two sessions, handlers, a series and a reconnect', async (context) => {
    const simulator = await gateway(context);
    const { code, out } = await run(simulator, 'advanced');
    expect(out).toMatch(/Followed: \{ MSFT: true, NOSUCH: false \}/);
    expect(out).toMatch(/AAPL: last price [\d.]+, high [\d.]+/);
    expect(out).toMatch(/Session ended\.\nSession opened \(connected\)\.\nReconnected: true/);
    expect(out).toMatch(/MSFT after the reconnect: [\d.]+/);
    expect(out).toMatch(/server version 193/);
    expect(code).toBe(0);
  }, 60_000);

  it.concurrent('monitoring: tells what happens, through a loss', async (context) => {
    const simulator = await gateway(context);
    setTimeout(() => simulator.fault('kill-socket'), 2500);
    const { code, out } = await run(simulator, 'monitoring', '5');
    expect(out).toMatch(/\[connected\] up \d+ s, reconnected 0 times/);
    expect(out).toMatch(/warning: The connection to TWS was closed from the other side/);
    expect(out).toMatch(/\[connected\] up \d+ s, reconnected 1 times/);
    expect(out).toMatch(/\[disconnected\] Disconnected on request/);
    expect(code).toBe(0);
  }, 60_000);
});
