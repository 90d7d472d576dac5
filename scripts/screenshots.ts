import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { chromium } from '@playwright/test';
import { browserFlags } from '../e2e/support/browser.ts';
import { Program } from '../e2e/support/program.ts';
import { findBrowser } from './find-browser.ts';

/**
 * Takes the pictures of the documents from the demo, in both themes, with the ports and names that a user sees: nothing
 * else of Gatehouse may run meanwhile. Needs `npm run build` before.
 */
const folder = fileURLToPath(new URL('../docs/images/', import.meta.url));
mkdirSync(folder, { recursive: true });

const program = new Program(['headless', '--demo', '--data-dir', 'data']);
const { http } = await program.ready();
const browser = await chromium.launch({
  executablePath: await findBrowser(console.error),
  args: [...browserFlags],
});
try {
  for (const colorScheme of ['light', 'dark'] as const) {
    const page = await browser.newPage({ colorScheme, viewport: { width: 1280, height: 860 } });
    for (const screen of ['overview', 'history', 'connection']) {
      await page.goto(`http://127.0.0.1:${http.port}/#${screen}`);
      await page.getByTestId('headline').getByText('feeds').waitFor();
      await page.waitForTimeout(1_500);
      const name = screen === 'overview' ? `window-${colorScheme}` : `${screen}-${colorScheme}`;
      await page.screenshot({ path: `${folder}${name}.png` });
    }
    await page.close();
  }
} finally {
  await browser.close();
  await program.stop();
}
