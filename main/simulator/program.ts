import { startSimulator } from './index.ts';
import type { SimulatorOptions } from './options.ts';

/** What `gatehouse simulate` prints once it listens. */
export interface SimulateReady {
  readonly event: 'ready';
  readonly port: number;
  readonly control: { readonly host: string; readonly port: number } | null;
  readonly seed: number;
}

export const simulateDefaults = { port: 4002, controlPort: 0 } as const;

/** Runs the simulated gateway as a program: tells the ready line, and answers with how to stop it. */
export async function runSimulator(
  options: SimulatorOptions,
  ready: (line: SimulateReady) => void,
): Promise<() => Promise<void>> {
  const simulator = await startSimulator({ ...simulateDefaults, ...options });
  ready({
    event: 'ready',
    port: simulator.port,
    control: simulator.control,
    seed: simulator.seed,
  });
  return () => simulator.close();
}
