import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@playwright/test';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** A program of somebody else's, with the built package among its modules. */
function elsewhere(): string {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'gatehouse-package-'));
  mkdirSync(path.join(folder, 'node_modules', '@types'), { recursive: true });
  symlinkSync(root, path.join(folder, 'node_modules', 'gatehouse'));
  symlinkSync(
    path.join(root, 'node_modules/@types/node'),
    path.join(folder, 'node_modules/@types/node'),
  );
  return folder;
}

const source = `
import { ConnectionManager, withConnection, Broker, LiveDataFeed, MarketDataClient, getErrorTips } from 'gatehouse';
const manager = new ConnectionManager({ paperTrading: true, port: 1 });
console.log(\`\${manager.state} \${getErrorTips(502).description !== undefined}\`);
console.log([withConnection, Broker, LiveDataFeed, MarketDataClient].map((each) => typeof each).join());
`;

test('another program imports what the package exports', () => {
  const folder = elsewhere();
  writeFileSync(path.join(folder, 'program.mjs'), source);
  const said = execFileSync(process.execPath, ['program.mjs'], { cwd: folder, encoding: 'utf8' });
  expect(said).toBe('disconnected true\nfunction,function,function,function\n');
});

test('and is told by the types when it uses them wrongly', () => {
  const folder = elsewhere();
  const compile = (text: string) => {
    writeFileSync(path.join(folder, 'program.ts'), text);
    const tsc = path.join(root, 'node_modules/typescript/bin/tsc');
    const options = ['--noEmit', '--strict', '--skipLibCheck', '--module', 'nodenext'];
    return spawnSync(
      process.execPath,
      [tsc, ...options, '--target', 'es2023', '--types', 'node', 'program.ts'],
      {
        cwd: folder,
        encoding: 'utf8',
      },
    );
  };
  expect(compile(source).stdout).toBe('');
  const wrong = source.replace('manager.state', 'manager.temperature');
  expect(compile(wrong).stdout).toContain("Property 'temperature' does not exist");
});
