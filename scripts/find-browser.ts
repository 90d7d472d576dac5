import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

const installed = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
];

/** A Chromium to test with, installed if need be. Throws a sentence when none can be had. */
export async function findBrowser(say: (line: string) => void): Promise<string> {
  const wanted = process.env['GATEHOUSE_CHROMIUM'];
  if (wanted) {
    if (existsSync(wanted)) return wanted;
    throw new Error(`GATEHOUSE_CHROMIUM is "${wanted}", but there is no such file.`);
  }
  const found = (await playwrightsOwn()) ?? installed.find((file) => existsSync(file));
  if (found) return found;
  say('No Chromium is here: fetching one.');
  return (await installByApt(say)) ?? (await installByPlaywright(say)) ?? refuse();
}

async function playwrightsOwn(): Promise<string | null> {
  const { chromium } = await import('@playwright/test');
  const file = chromium.executablePath();
  return file !== '' && existsSync(file) ? file : null;
}

async function installByPlaywright(say: (line: string) => void): Promise<string | null> {
  say('npx playwright install chromium');
  const { status } = spawnSync('npx', ['playwright', 'install', 'chromium'], {
    stdio: 'inherit',
    shell: process.platform === 'win32',
    timeout: 300_000,
  });
  return status === 0 ? playwrightsOwn() : null;
}

async function installByApt(say: (line: string) => void): Promise<string | null> {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return null;
  if (!existsSync('/usr/bin/apt-get')) return null;
  say('apt-get install chromium');
  try {
    const options = { stdio: ['ignore', 'ignore', 'inherit'] as ['ignore', 'ignore', 'inherit'] };
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    execFileSync('apt-get', ['update', '-qq'], { ...options, env });
    execFileSync('apt-get', ['install', '-qq', '-y', '--no-install-recommends', 'chromium'], {
      ...options,
      env,
    });
  } catch {
    return null;
  }
  return existsSync('/usr/bin/chromium') ? '/usr/bin/chromium' : null;
}

function refuse(): never {
  throw new Error(
    'No Chromium can be had. Install Chromium or Chrome, or name one with GATEHOUSE_CHROMIUM, and run this again.',
  );
}
