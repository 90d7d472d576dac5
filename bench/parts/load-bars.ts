import fs from 'node:fs';
import { join } from 'node:path';
import { type LoadedFile, loadFiles } from '../../main/history/store/loader.ts';
import { timeRules } from '../../main/history/store/time-rules.ts';

/** Loads a folder of bar files once, in a process that has done nothing else, and prints the milliseconds. */
const [folder = '', how = 'raw'] = process.argv.slice(2);
const paths = fs.readdirSync(folder).map((name) => join(folder, name));
const most = Math.max(...paths.map((path) => fs.statSync(path).size));

const began = performance.now();
if (how === 'raw') readOver();
else {
  const loaded: LoadedFile[] = [];
  const loading = { threads: Number(how), aside: false, keep: 'all' } as const;
  const now = Date.now();
  const files = paths.map((path) => ({
    path,
    rules: timeRules(path.endsWith('_1d.csv') ? '1d' : '1m', now),
  }));
  for await (const [nth, file] of loadFiles(files, loading)) loaded[nth] = file;
}
console.log(performance.now() - began);

/** The least there is to do: every file is read into the same memory. */
function readOver(): void {
  const memory = Buffer.allocUnsafeSlow(most);
  for (const path of paths) {
    const fd = fs.openSync(path, 'r');
    while (fs.readSync(fd, memory, 0, most, null) > 0);
    fs.closeSync(fd);
  }
}
