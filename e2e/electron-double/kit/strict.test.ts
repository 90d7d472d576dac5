import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';

const require = createRequire(import.meta.url);
const { emitterBase, knownOptions, strictClass, strictObject } = require('./strict.cjs');
const { calls } = require('./recorder.cjs');

describe('a strict class', () => {
  const Base = emitterBase('Lamp', { emits: ['lit'], byHand: ['stolen'] });
  class Lamp extends Base {
    #watts = 0;
    static all() {
      return [];
    }
    light(watts: number) {
      this.#watts = watts;
      this.emit('lit', this.#watts);
    }
    inner() {}
  }
  strictClass('Lamp', Lamp, ['inner']);

  it('works as the class it is', () => {
    const lamp = new Lamp();
    const seen: number[] = [];
    lamp.on('lit', (watts: number) => seen.push(watts));
    lamp.light(5);
    expect(seen).toEqual([5]);
    expect(lamp).toBeInstanceOf(Lamp);
    expect(Lamp.all()).toEqual([]);
  });

  it('names what it lacks', () => {
    const lamp = new Lamp() as unknown as Record<string, () => void>;
    expect(() => lamp['dim']?.()).toThrow('The Electron double does not have Lamp#.dim.');
    expect(() => (Lamp as unknown as Record<string, unknown>)['count']).toThrow('Lamp.count');
    expect(() => new Lamp().on('sold', () => {})).toThrow("the event 'sold' of Lamp");
    expect(() => new Lamp().emit('sold')).toThrow("the event 'sold' of Lamp");
  });

  it('may be awaited and turned into text', async () => {
    const lamp = new Lamp();
    expect(await lamp).toBe(lamp);
    expect(() => JSON.stringify({ lamp: String(lamp) })).not.toThrow();
  });

  it('records calls, but not those of the double itself', () => {
    calls.length = 0;
    const lamp = new Lamp();
    lamp.light(7);
    lamp.inner();
    expect(calls.map(({ api, args }: { api: string; args: unknown[] }) => [api, args])).toEqual([
      ['Lamp#light', [7]],
    ]);
  });
});

describe('a strict object', () => {
  it('names what it lacks and records what it has', () => {
    calls.length = 0;
    const shell = strictObject('shell', { beep: () => 'beep' });
    expect(shell.beep()).toBe('beep');
    expect(() => shell.boop).toThrow('The Electron double does not have shell.boop.');
    expect(calls).toMatchObject([{ api: 'shell.beep', args: [] }]);
  });

  it('refuses options nobody has thought about', () => {
    expect(() => knownOptions('Lamp', { watts: 1, colour: 'red' }, ['watts'])).toThrow(
      "the option 'colour' of Lamp",
    );
  });
});
