import {
  DEFAULT_THEME,
  defaultCssVariablesResolver,
  getContrastColor,
  mergeMantineTheme,
} from '@mantine/core';
import { describe, expect, it } from 'vitest';
import { healthLevels } from '../shared/health.ts';
import { theme, variables } from './theme.ts';

const merged = mergeMantineTheme(DEFAULT_THEME, theme);

type Scheme = 'light' | 'dark';

function resolved(scheme: Scheme): (name: string) => string {
  const given = defaultCssVariablesResolver(merged);
  const own = variables(merged);
  const all: Record<string, string> = {
    ...given.variables,
    ...given[scheme],
    ...own.variables,
    ...own[scheme],
  };
  const colour = (name: string): string => {
    const value = all[name] ?? name;
    const inner = /^var\((.+)\)$/.exec(value)?.[1];
    return inner ? colour(inner) : value;
  };
  return colour;
}

/** Of `#rgb`, `#rrggbb` or `rgb(r, g, b)`. */
function parts(colour: string): readonly number[] {
  if (!colour.startsWith('#')) return (colour.match(/[\d.]+/g) ?? []).slice(0, 3).map(Number);
  const full = colour.length === 4 ? colour.replace(/[0-9a-f]/gi, '$&$&') : colour;
  return [1, 3, 5].map((at) => Number.parseInt(full.slice(at, at + 2), 16));
}

function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = parts(colour).map((value) => {
    const part = value / 255;
    return part <= 0.040_45 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: string, other: string): number {
  const [light = 0, dark = 0] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (light + 0.05) / (dark + 0.05);
}

describe.each(['light', 'dark'] as const)('the %s theme can be read', (scheme) => {
  const colour = resolved(scheme);

  it.each([
    '--mantine-color-text',
    '--mantine-color-dimmed',
    ...healthLevels.map((level) => `--level-${level}`),
  ])('%s on the page', (name) => {
    expect(contrast(colour(name), colour('--mantine-color-body'))).toBeGreaterThanOrEqual(4.5);
  });

  it('what a field hints at', () => {
    const ground = colour('--mantine-color-default');
    expect(contrast(colour('--mantine-color-placeholder'), ground)).toBeGreaterThanOrEqual(4.5);
  });

  it.each(['grape', 'red', 'blue', 'yellow'])('a %s badge', (color) => {
    const letters = /\((.+)\)/.exec(getContrastColor({ color, theme: merged }))?.[1] as string;
    const ground = colour(`--mantine-color-${color}-filled`);
    expect(contrast(colour(letters), ground)).toBeGreaterThanOrEqual(4.5);
  });

  it('the page that is chosen in the menu', () => {
    const ground = colour('--mantine-color-steel-light');
    const letters = colour('--mantine-color-steel-light-color');
    expect(contrast(letters, ground)).toBeGreaterThanOrEqual(4.5);
  });
});
