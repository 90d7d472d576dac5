import { expect, type Page, test } from '@playwright/test';
import { screenNames } from '../../renderer/screens/names.ts';
import { apart, Program } from '../support/program.ts';

let program: Program;
let address: string;

test.beforeAll(async () => {
  program = new Program(['headless', '--demo', ...apart()]);
  const { http } = await program.ready();
  address = `http://127.0.0.1:${http.port}/`;
});

test.afterAll(async () => {
  await program.stop();
});

/** Every piece of text that has less than 4.5:1 against what lies behind it; what is off may be fainter. */
function faintText(page: Page): Promise<readonly string[]> {
  return page.locator('body').evaluate((body) => {
    type Colour = readonly [number, number, number, number];
    const parse = (text: string): Colour => {
      const [r = 0, g = 0, b = 0, a = 1] = (text.match(/[\d.]+/g) ?? []).map(Number);
      return [r, g, b, a];
    };
    const over = (top: Colour, below: Colour): Colour => {
      const mix = (at: 0 | 1 | 2) => top[at] * top[3] + below[at] * (1 - top[3]);
      return [mix(0), mix(1), mix(2), 1];
    };
    const behind = (element: Element | null): Colour => {
      if (element === null) return [255, 255, 255, 1];
      const own = parse(getComputedStyle(element).backgroundColor);
      return own[3] === 1 ? own : over(own, behind(element.parentElement));
    };
    const luminance = (colour: Colour) => {
      const [r = 0, g = 0, b = 0] = colour.slice(0, 3).map((part) => {
        const share = part / 255;
        return share <= 0.040_45 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
      });
      return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const faint: string[] = [];
    const texts = document.createTreeWalker(body, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
      const element = texts.currentNode.parentElement as HTMLElement;
      const text = texts.currentNode.textContent?.trim();
      if (!text || !element.checkVisibility() || element.closest(':disabled, script, style'))
        continue;
      const ground = behind(element);
      const letters = over(parse(getComputedStyle(element).color), ground);
      const [light = 0, dark = 0] = [luminance(ground), luminance(letters)].sort((a, b) => b - a);
      const ratio = (light + 0.05) / (dark + 0.05);
      if (ratio < 4.5) faint.push(`${ratio.toFixed(2)}:1 ${text.slice(0, 60)}`);
    }
    return [...new Set(faint)];
  });
}

for (const colorScheme of ['light', 'dark'] as const) {
  test(`every text can be read in the ${colorScheme} theme`, async ({ page }) => {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    for (const screen of screenNames) {
      await page.goto(`${address}#${screen}`);
      await expect(page.getByRole('main').locator('section').first()).toBeVisible();
      expect(await faintText(page), screen).toEqual([]);
    }
  });
}
