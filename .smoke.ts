import { runSimulator } from './main/simulator/program.ts';
const stop = await runSimulator({ port: Number(process.argv[2] ?? 4502), marketHours: 'always', limits: process.argv[3] !== 'off', log: { ...console, trace() {}, debug() {}, info: (f: object, m: string) => console.error(m, JSON.stringify(f)), warn: (f: object, m: string) => console.error('WARN', m, JSON.stringify(f)), error: (f: object, m: string) => console.error('ERR', m, f), isLevelEnabled: () => true } as any }, (l) => console.log(JSON.stringify(l)));
process.on('SIGTERM', () => void stop().then(() => process.exit(0)));
