import { describe, expect, it } from 'vitest';
import { parseOptions } from '../config/options.ts';
import { ownArguments } from './own-arguments.ts';

describe('the command line of the desktop app', () => {
  it.each([
    [['electron', '.', '--demo'], ['--demo']],
    [
      ['electron', 'out/main/index.js', '--http-port', '0', '--demo'],
      ['--http-port', '0', '--demo'],
    ],
    [['electron', '-r', 'loader.js', '--inspect=0', '.', '--http-port=0'], ['--http-port=0']],
    [['electron', '--no-sandbox', '--ozone-platform=wayland', '.', '--no-shm'], ['--no-shm']],
    [
      ['electron', '.', '--user-data-dir=/x', '--data-dir', '/y'],
      ['--data-dir', '/y'],
    ],
    [['electron', '.', '--remote-debugging-port=0', '--lang=de', '--use-gl=angle'], []],
  ])('takes what is ours from %j', (argv, own) => {
    expect(ownArguments(argv, false)).toEqual(own);
  });

  it('has no app path once it is packed, and overlooks what the system adds', () => {
    expect(ownArguments(['gatehouse', '--demo'], true)).toEqual(['--demo']);
    expect(ownArguments(['gatehouse', '-psn_0_12345', '/some/file'], true)).toEqual([]);
  });

  it('keeps a slip of the pen, so that it is refused', () => {
    for (const slip of ['--dmeo', '--demos', '--htp-port=1', '--ligthweight']) {
      const own = ownArguments(['electron', '.', slip], false);
      expect(own, slip).toEqual([slip]);
      expect(() => parseOptions(own), slip).toThrow(/is not an option/);
    }
  });

  it('keeps a word too many, so that it is refused', () => {
    expect(ownArguments(['electron', '.', 'surprise'], false)).toEqual(['surprise']);
  });
});
