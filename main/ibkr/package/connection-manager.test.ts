import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Simulator, startSimulator } from '../../simulator/index.ts';
import { fastClock, quick, until } from '../testing/rig.ts';
import {
  ConnectionError,
  ConnectionManager,
  type ConnectionManagerOptions,
  withConnection,
} from './connection-manager.ts';
import { readEnvironment } from './environment.ts';

let simulator: Simulator;
const managers: ConnectionManager[] = [];

beforeEach(async () => {
  simulator = await startSimulator({ marketHours: 'always' });
});
afterEach(async () => {
  await Promise.all(managers.splice(0).map((manager) => manager.disconnect()));
  await simulator.close();
});

function make(options: ConnectionManagerOptions = {}): ConnectionManager {
  const manager = new ConnectionManager({
    ...quick,
    host: simulator.host,
    port: simulator.port,
    ...options,
  });
  managers.push(manager);
  return manager;
}

describe('where a manager connects to', () => {
  it('follows program and account kind unless a port is given', () => {
    const port = (options: ConnectionManagerOptions) => new ConnectionManager(options).port;
    expect(port({})).toBe(7497);
    expect(port({ paperTrading: false })).toBe(7496);
    expect(port({ useGateway: true })).toBe(4002);
    expect(port({ useGateway: true, paperTrading: false })).toBe(4001);
    expect(port({ useGateway: true, port: 5000 })).toBe(5000);
    expect(new ConnectionManager()).toMatchObject({
      host: '127.0.0.1',
      clientId: 1,
      paperTrading: true,
    });
  });

  it('takes the environment before the usual values, and real variables before the file', () => {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'gatehouse-env-'));
    writeFileSync(path.join(folder, '.env'), 'IB_HOST=tws.local\nIB_PORT=7000\nIB_CLIENT_ID=9\n');
    expect(readEnvironment({}, folder)).toEqual({ host: 'tws.local', port: 7000, clientId: 9 });
    expect(readEnvironment({ IB_PORT: '4003', IB_HOST: '', IB_CLIENT_ID: '0' }, folder)).toEqual({
      host: 'tws.local',
      port: 4003,
      clientId: 0,
    });
    rmSync(folder, { recursive: true });
    expect(readEnvironment({}, folder)).toEqual({});
    expect(() => readEnvironment({ IB_PORT: 'abc' }, folder)).toThrow(/IB_PORT.*"abc"/);
    expect(() => readEnvironment({ IB_PORT: '70000' }, folder)).toThrow(/65535/);
  });
});

describe('connecting', () => {
  it('opens the session and knows the accounts', async () => {
    const manager = make();
    expect(manager.getStatus()).toEqual({
      state: 'disconnected',
      connected: false,
      host: simulator.host,
      port: simulator.port,
      client_id: 1,
      paper_trading: true,
      connected_at: null,
      uptime_seconds: null,
      reconnect_count: 0,
      last_disconnect_at: null,
      accounts: null,
    });
    expect(() => manager.api).toThrow(/Not connected/);
    expect(await manager.connect()).toBe(true);
    expect(manager.isConnected()).toBe(true);
    const status = manager.getStatus();
    expect(status).toMatchObject({ state: 'connected', accounts: ['DU1234567'] });
    expect(Object.keys(status)).toHaveLength(11);
    expect(status.uptime_seconds).toBeGreaterThanOrEqual(0);
    expect(simulator.sessions().map((session) => session.clientId)).toEqual([1]);
  });

  it('hands out the handle of the library, whose own requests work', async () => {
    const manager = make();
    await manager.connect();
    const { EventName } = await import('@stoqey/ib');
    const time = new Promise<number>((resolve) => {
      manager.api.once(EventName.currentTime, (seconds) => resolve(seconds));
    });
    manager.api.reqCurrentTime();
    expect(Math.abs((await time) * 1000 - Date.now())).toBeLessThan(10_000);
  });

  it('fails with host, port and number of tries after growing waits', async () => {
    simulator.fault('refuse');
    const clock = fastClock(50);
    const manager = make({ clock, timeouts: {} });
    const begun = clock.now();
    const error = await manager.connect(30, 3).then(
      () => null,
      (caught: unknown) => caught,
    );
    expect(error).toBeInstanceOf(ConnectionError);
    expect(String(error)).toContain(`${simulator.host}:${simulator.port} after 3 tries`);
    expect(clock.now() - begun).toBeGreaterThanOrEqual(15_000);
    expect(manager.state).toBe('failed');
  });

  it('goes on to the next try when the peer says nothing, and succeeds on a later one', async () => {
    simulator.fault('mute');
    const clock = fastClock(50);
    const manager = make({ clock, timeouts: {} });
    const connecting = manager.connect(5, 5);
    await until('the second try', () => manager.session.state.attempts >= 2);
    expect(manager.state).toBe('connecting');
    simulator.reset();
    expect(await connecting).toBe(true);
  });

  it('shares one attempt among callers and never has two sockets', async () => {
    const manager = make();
    const results = await Promise.all([manager.connect(), manager.connect(), manager.connect()]);
    expect(results).toEqual([true, true, true]);
    const again = [manager.reconnect(), manager.connect(), manager.reconnect()];
    await Promise.all(again);
    expect(simulator.sessions()).toHaveLength(1);
    expect(manager.getStatus().reconnect_count).toBe(1);
  });

  it('says what is wrong when the client id is taken', async () => {
    await make({ clientId: 5 }).connect();
    const second = make({ clientId: 5 });
    await expect(second.connect(2, 1)).rejects.toThrow(/Client id 5 is in use/);
    expect(await make({ clientId: 6 }).connect()).toBe(true);
    expect(simulator.sessions()).toHaveLength(2);
  });

  it('refuses a paper account where live is asked for', async () => {
    const manager = make({ paperTrading: false });
    await expect(manager.connect(2, 1)).rejects.toThrow(/paper account/);
    expect(manager.state).toBe('failed');
    await until('the session is closed', () => simulator.sessions().length === 0);
  });
});

describe('ending', () => {
  it('is final when it is meant, though reconnecting is on', async () => {
    const manager = make();
    await manager.disconnect();
    await manager.connect();
    await manager.disconnect();
    expect(manager.state).toBe('disconnected');
    expect(manager.getStatus().last_disconnect_at).not.toBeNull();
    expect(manager.session.state.link.at).toBe('none');
    await until('the gateway has let go', () => simulator.sessions().length === 0);
    const attempts = manager.session.state.attempts;
    await until('some time has passed', passed(500));
    expect(manager.session.state.attempts).toBe(attempts);
    expect(manager.session.state.intent).toBe('down');
  });

  it('cuts a connect in progress short', async () => {
    simulator.fault('mute');
    const manager = make();
    const connecting = manager.connect(30, 3);
    await manager.disconnect();
    await expect(connecting).rejects.toThrow(ConnectionError);
    expect(manager.state).toBe('disconnected');
  });

  it('comes at the end of a scope, and errors pass through', async () => {
    const options = { ...quick, host: simulator.host, port: simulator.port };
    const accounts = await withConnection(options, (manager) => manager.getStatus().accounts);
    expect(accounts).toEqual(['DU1234567']);
    await expect(
      withConnection(options, () => {
        throw new Error('mine');
      }),
    ).rejects.toThrow('mine');
    await until('no session is left', () => simulator.sessions().length === 0);
    const disposed = make();
    await disposed.connect();
    await disposed[Symbol.asyncDispose]();
    expect(disposed.isConnected()).toBe(false);
  });
});

describe('a loss', () => {
  it('is told to the handlers, each once and in order, and mended without help', async () => {
    const manager = make();
    const calls: string[] = [];
    manager.addConnectHandler(() => {
      calls.push('connected 1');
      throw new Error('a handler that fails');
    });
    manager.addConnectHandler(async () => {
      calls.push('connected 2');
      throw new Error('a handler that fails later');
    });
    const remove = manager.addConnectHandler(() => void calls.push('removed'));
    remove();
    manager.addDisconnectHandler(() => void calls.push('lost'));
    await manager.connect();
    expect(calls).toEqual(['connected 1', 'connected 2']);
    simulator.fault('kill-socket');
    await until('it is back', () => calls.length === 5);
    expect(calls.slice(2)).toEqual(['lost', 'connected 1', 'connected 2']);
    expect(manager.getStatus().reconnect_count).toBe(1);
    expect(manager.isConnected()).toBe(true);
  });

  it('stays when automatic reconnecting is off', async () => {
    const manager = make({ autoReconnect: false });
    await manager.connect();
    simulator.fault('kill-socket');
    await until('the loss is seen', () => manager.state === 'disconnected');
    await until('some time has passed', passed(500));
    expect(simulator.sessions()).toHaveLength(0);
  });

  it('of a manager does not touch another', async () => {
    const one = make({ clientId: 11 });
    const two = make({ clientId: 12 });
    await Promise.all([one.connect(), two.connect()]);
    await one.disconnect();
    expect(two.isConnected()).toBe(true);
    expect(two.getStatus().client_id).toBe(12);
  });
});

describe('reconnecting on request', () => {
  it('counts once, whether it succeeds or not, and never throws', async () => {
    const clock = fastClock(50);
    const manager = make({ clock, timeouts: {} });
    await manager.connect();
    expect(await manager.reconnect()).toBe(true);
    expect(manager.getStatus().reconnect_count).toBe(1);
    simulator.fault('refuse');
    expect(await manager.reconnect(5)).toBe(false);
    expect(manager.getStatus().reconnect_count).toBe(2);
    expect(manager.state).toBe('failed');
    expect(String(manager)).toContain('failed');
  });
});

describe('concurrency', () => {
  it('of any calls never opens two sessions and ends as the last call said', async () => {
    const manager = make();
    for (let round = 0; round < 5; round++) {
      await Promise.allSettled([
        manager.connect(),
        manager.disconnect(),
        manager.connect(),
        Promise.resolve(manager.getStatus()),
        manager.disconnect(),
        manager.connect(),
      ]);
      expect(simulator.sessions().length).toBeLessThanOrEqual(1);
    }
    await manager.disconnect();
    await until('no session is left', () => simulator.sessions().length === 0);
  });
});

function passed(ms: number): () => boolean {
  const end = Date.now() + ms;
  return () => Date.now() >= end;
}
