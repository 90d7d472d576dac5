import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));
const documents = [
  ...readdirSync(root)
    .filter((name) => name.endsWith('.md'))
    .map((name) => name),
  ...readdirSync(path.join(root, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];

it.each(documents)('every link of %s leads somewhere', (document) => {
  const text = readFileSync(path.join(root, document), 'utf8');
  const links = [...text.matchAll(/(?:\]\(|src="|srcset=")([^)"#\s]+)/g)].map(([, link]) => link);
  const broken = links.filter(
    (link) =>
      link !== undefined &&
      !/^[a-z]+:/.test(link) &&
      !existsSync(path.resolve(root, path.dirname(document), link)),
  );
  expect(broken).toEqual([]);
});

it.each(documents)('%s names only scripts that there are', (document) => {
  const { scripts } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as {
    scripts: Record<string, string>;
  };
  const text = readFileSync(path.join(root, document), 'utf8');
  const named = [...text.matchAll(/npm run ([a-z][a-z:-]*)/g)].map(([, name]) => name as string);
  expect(named.filter((name) => !Object.hasOwn(scripts, name))).toEqual([]);
});
