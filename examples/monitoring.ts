/**
 * Watches a session and says what it does, until Ctrl+C or for the seconds given.
 *
 *     npx tsx examples/monitoring.ts [seconds]
 */
import { ConnectionManager } from '../main/library.ts';

const seconds = Number(process.argv[2] ?? Number.POSITIVE_INFINITY);
const manager = new ConnectionManager();

let told = 0;
const report = (): void => {
  const { state, connected, uptime_seconds: uptime, reconnect_count: times } = manager.getStatus();
  const { sentence, todo, timeline } = manager.view();
  for (const entry of timeline.slice(told)) {
    console.log(`${new Date(entry.at).toISOString()} ${entry.level}: ${entry.text}`);
  }
  told = timeline.length;
  const up = connected ? `up ${(uptime ?? 0).toFixed(0)} s` : sentence;
  console.log(`[${state}] ${up}, reconnected ${times} times`);
  for (const step of todo) console.log(`  - ${step}`);
};

// Status never waits for the connection, so this goes on while connecting and while TWS is away.
const timer = setInterval(report, 500);
const end = new AbortController();
process.once('SIGINT', () => end.abort());
if (Number.isFinite(seconds)) setTimeout(() => end.abort(), seconds * 1000).unref();

await manager.connect(10, 3).catch((error: Error) => console.log(error.message));
if (!end.signal.aborted) await new Promise((resolve) => (end.signal.onabort = resolve));
clearInterval(timer);
await manager.disconnect();
report();
