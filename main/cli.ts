import { run } from './cli/run.ts';

process.exitCode = await run(process.argv.slice(2));
// Whatever still holds the process open now was to be closed by an orderly stop and was not.
setTimeout(() => process.exit(), 500).unref();
