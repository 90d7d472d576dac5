import { readdir } from 'node:fs/promises';
import os from 'node:os';
import { parseArgs } from 'node:util';
import type { Bench, Figure } from './bench.ts';
import { missed, table } from './report.ts';

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    full: { type: 'boolean', default: false },
    only: { type: 'string', multiple: true, default: [] },
    json: { type: 'boolean', default: false },
  },
});

const folder = new URL('./topics/', import.meta.url);
const names = (await readdir(folder)).filter((name) => name.endsWith('.ts')).sort();
const wanted = names.filter(
  (name) => values.only.length === 0 || values.only.some((part) => name.startsWith(part)),
);

const figures: (Figure & { readonly topic: string })[] = [];
for (const name of wanted) {
  const bench = ((await import(new URL(name, folder).href)) as { default: Bench }).default;
  console.error(`· ${bench.topic}`);
  const measured = await bench.figures({
    quick: values.quick,
    say: (line) => console.error(`  ${line}`),
  });
  figures.push(...measured.map((figure) => ({ ...figure, topic: bench.topic })));
}

if (values.json) {
  console.log(JSON.stringify(figures, null, 2));
} else {
  console.log(
    `${os.cpus().length} × ${os.cpus()[0]?.model ?? 'unknown processor'}, Node ${process.versions.node}, ` +
      `${os.platform()} ${os.release()}${values.quick ? ', quick: the figures mean nothing' : ''}`,
  );
  console.log(table(figures));
}
process.exit(values.full && figures.some(missed) ? 1 : 0);
