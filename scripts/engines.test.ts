import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

interface Locked {
  readonly dev?: boolean;
  readonly optional?: boolean;
  readonly engines?: { readonly node?: string };
}

const lock = JSON.parse(
  readFileSync(fileURLToPath(new URL('../package-lock.json', import.meta.url)), 'utf8'),
) as { readonly packages: Readonly<Record<string, Locked>> };

/** Whether a range as packages write it lets in Node 20.19.0. */
function takesOurNode(range: string): boolean {
  return range.split('||').some((part) =>
    part
      .trim()
      .replace(/([<>=^~])\s+/g, '$1')
      .split(/\s+(?=[<>=^~\d])/)
      .every((comparator) => satisfies(comparator.trim())),
  );
}

function satisfies(comparator: string): boolean {
  if (comparator === '' || comparator === '*') return true;
  const match = /^(>=|>|<=|<|\^|~|=)?\s*v?(\d+)(?:\.(\d+|x))?(?:\.(\d+|x))?/.exec(comparator);
  if (!match) throw new Error(`cannot read the range "${comparator}"`);
  const [, sign = '', major, minor = '0', patch = '0'] = match;
  const number = (text: string) => (text === 'x' ? 0 : Number(text));
  const wanted = Number(major) * 1e6 + number(minor) * 1e3 + number(patch);
  const ours = 20 * 1e6 + 19 * 1e3;
  switch (sign) {
    case '>=':
      return ours >= wanted;
    case '>':
      return ours > wanted;
    case '<=':
      return ours <= wanted;
    case '<':
      return ours < wanted;
    default:
      return Number(major) === 20 && ours >= wanted;
  }
}

it('every package that is shipped runs on the oldest Node we promise', () => {
  const refusing = Object.entries(lock.packages)
    .filter(([name, { dev }]) => name !== '' && !dev)
    .filter(([, { engines }]) => engines?.node !== undefined && !takesOurNode(engines.node))
    .map(([name, { engines }]) => `${name}: ${engines?.node}`);
  expect(refusing).toEqual([]);
});

it('electron is nothing that is shipped with the package', () => {
  const electron = lock.packages['node_modules/electron'];
  expect(electron?.dev).toBe(true);
});

it('ranges are read as npm reads them', () => {
  expect(takesOurNode('>=18')).toBe(true);
  expect(takesOurNode('^20.19.0 || >=22.12.0')).toBe(true);
  expect(takesOurNode('>=22')).toBe(false);
  expect(takesOurNode('^22.12.0 || ^24.0.0')).toBe(false);
  expect(takesOurNode('^10 || ^12 || >=14')).toBe(true);
  expect(takesOurNode('>= 0.10.0')).toBe(true);
});
