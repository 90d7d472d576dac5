import { EventEmitter } from 'node:events';
import type { IpcMain, WebContents } from 'electron';
import { beforeEach, describe, expect, it } from 'vitest';
import { commandChannel, type StateMessage, stateChannel } from '../../shared/desktop-bridge.ts';
import { ok, type Result } from '../../shared/result.ts';
import type { PatchBatch } from '../../shared/state.ts';
import { FakeClock, settle } from '../../testing/fake-clock.ts';
import { silentLog } from '../kit/log.ts';
import { calmState } from './test-support.ts';
import { WindowLink } from './window-link.ts';

class FakeContents extends EventEmitter {
  readonly sent: StateMessage[] = [];
  gone = false;
  isDestroyed() {
    return this.gone;
  }
  send(channel: string, message: StateMessage) {
    if (this.gone) throw new TypeError('Object has been destroyed');
    expect(channel).toBe(stateChannel);
    this.sent.push(message);
  }
}

type Listener = (event: unknown, ...args: unknown[]) => unknown;

let clock: FakeClock;
let contents: FakeContents;
let handlers: Map<string, Listener>;
let listeners: Map<string, Listener>;
let subscribers: Set<(batch: PatchBatch) => void>;
let dispatched: unknown[][];
let answer: () => Promise<Result<unknown>>;
let seq: number;

beforeEach(() => {
  clock = new FakeClock();
  contents = new FakeContents();
  handlers = new Map();
  listeners = new Map();
  subscribers = new Set();
  dispatched = [];
  answer = async () => ok('done');
  seq = 4;
  const ipc = {
    handle: (channel: string, listener: Listener) => handlers.set(channel, listener),
    on: (channel: string, listener: Listener) => listeners.set(channel, listener),
  };
  new WindowLink(
    ipc as unknown as IpcMain,
    {
      snapshot: () => ({ seq, at: clock.now(), state: calmState(clock.now()) }),
      subscribe: (listener) => {
        subscribers.add(listener);
        return () => void subscribers.delete(listener);
      },
      dispatch: (...args) => {
        dispatched.push(args);
        return answer();
      },
      window: () => contents as unknown as WebContents,
    },
    clock,
    silentLog,
  );
});

const frame = { url: 'app://gatehouse/index.html', parent: null };
function call(name: unknown, input: unknown = {}, senderFrame: object = frame) {
  const handler = handlers.get(commandChannel) as Listener;
  return handler({ sender: contents, senderFrame }, name, input) as Promise<Result<unknown>>;
}
function subscribe(senderFrame: object = frame) {
  listeners.get(stateChannel)?.({ sender: contents, senderFrame });
}
function patch(number: number) {
  seq = number;
  for (const listener of subscribers) listener({ seq: number, at: clock.now(), patches: [] });
}

describe('the link to the window', () => {
  it('is one handler for commands and one channel for state', () => {
    expect([...handlers.keys()]).toEqual([commandChannel]);
    expect([...listeners.keys()]).toEqual([stateChannel]);
  });

  it('hands commands to the dispatcher and its answer back', async () => {
    expect(await call('service.stop', { service: 'http' })).toEqual(ok('done'));
    expect(dispatched).toEqual([['service.stop', { service: 'http' }, 'window']]);
  });

  it('refuses strangers without asking anybody', async () => {
    const strangers = [
      { ...frame, parent: frame },
      { ...frame, url: 'https://evil.example/' },
      { ...frame, url: 'app://evil/index.html' },
    ];
    for (const stranger of strangers) {
      expect(await call('logs.read', {}, stranger)).toMatchObject({ error: { code: 'FORBIDDEN' } });
      subscribe(stranger);
    }
    expect(dispatched).toEqual([]);
    expect(contents.sent).toEqual([]);
  });

  it('refuses what names no command', async () => {
    for (const name of [undefined, null, 7, {}, { toString: 1 }, ['logs.read']]) {
      expect(await call(name)).toMatchObject({ error: { code: 'BAD_INPUT' } });
    }
    expect(dispatched).toEqual([]);
  });

  it('answers a flood without letting it pile up, and is itself again after', async () => {
    let release: () => void = () => {};
    const held = new Promise<void>((done) => {
      release = done;
    });
    answer = () => held.then(() => ok('late'));
    const all = Array.from({ length: 1_000 }, () => call('logs.read'));
    await settle();
    expect(dispatched).toHaveLength(64);
    release();
    const codes = (await Promise.all(all)).map((result) => (result.ok ? 'ok' : result.error.code));
    expect(codes.filter((code) => code === 'BUSY')).toHaveLength(936);
    expect(await call('logs.read')).toEqual(ok('late'));
  });

  it('begins with a snapshot and goes on with the patches after it', () => {
    subscribe();
    patch(4);
    patch(5);
    expect(contents.sent.map(({ kind }) => kind)).toEqual(['snapshot', 'patches']);
  });

  it('beats each second, so that silence means trouble', () => {
    subscribe();
    clock.advance(3_000);
    const beats = contents.sent.filter(({ kind }) => kind === 'beat');
    expect(beats).toHaveLength(3);
    expect(beats[0]).toMatchObject({ seq: 4 });
  });

  it('sends a page that asks again and again few snapshots, and each patch once', () => {
    for (let i = 0; i < 500; i++) subscribe();
    clock.advance(100);
    patch(5);
    const kinds = contents.sent.map(({ kind }) => kind);
    expect(kinds).toEqual(['snapshot', 'snapshot', 'patches']);
    expect(subscribers.size).toBe(1);
  });

  it('ends with the page', () => {
    subscribe();
    contents.gone = true;
    contents.emit('destroyed');
    expect(subscribers.size).toBe(0);
    expect(clock.pending).toBe(0);
  });
});
