import { describe, expect, it } from 'vitest';
import { definition, keys } from '../config/settings.ts';
import { help } from './help.ts';

const lines = help().split('\n');

describe('the help', () => {
  it('spells words that are to be given as they must be given', () => {
    const line = lines.find((each) => each.includes('--log-level'));
    expect(line).toContain('--log-level trace|debug|info|warn|error|silent');
    expect(lines.some((each) => each.includes('--ib-port PORT|auto '))).toBe(true);
    for (const key of keys) {
      const { option, shape, flag } = definition(key);
      if (!option || flag || !shape.includes(' | ')) continue;
      const shown = lines.find((each) => each.includes(`--${option} `)) as string;
      const words = (shown.trim().split(' ')[1] as string).split('|');
      const typed = words.filter((word) => word === word.toLowerCase());
      for (const word of typed) expect(definition(key).schema.safeParse(word).success).toBe(true);
    }
  });

  it('says of an option that turns something off what is then', () => {
    const off = lines.filter((each) => each.includes('--no-'));
    expect(off.length).toBeGreaterThan(2);
    for (const line of off) expect(line).not.toContain('Whether');
  });
});
