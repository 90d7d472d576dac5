import { type SimulatorOptions, startSimulator } from '../../main/simulator/index.ts';

/** A simulated gateway in a process of its own, so that its processor time can be told from the client's. */
const options = JSON.parse(process.argv[2] ?? '{}') as SimulatorOptions;
const simulator = await startSimulator(options);
process.send?.({ port: simulator.port });
process.on('message', (message) => {
  if (message === 'usage') process.send?.({ usage: process.cpuUsage(), at: performance.now() });
  else void simulator.close().then(() => process.disconnect());
});
process.on('disconnect', () => process.exit());
