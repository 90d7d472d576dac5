import { beforeEach, describe, expect, it, vi } from 'vitest';
import { RecordingNotification } from './recording-electron.ts';

vi.mock('electron', async () => (await import('./recording-electron.ts')).recordingElectron);
const { Notifications } = await import('./notifications.ts');

const { shown } = RecordingNotification;
let clicks = 0;
beforeEach(() => {
  shown.length = 0;
  clicks = 0;
  RecordingNotification.isSupported = () => true;
});
const make = () => new Notifications(() => clicks++);

describe('notifications', () => {
  it('tell of trouble and then of its end, which takes the place of the first', () => {
    const notifications = make();
    notifications.health({ level: 'error', headline: 'HTTP server failed' }, 0, false);
    notifications.health({ level: 'ok', headline: 'Live' }, 70_000, false);
    expect(shown.map(({ options }) => [options['title'], options['body']])).toEqual([
      ['Gatehouse needs attention', 'HTTP server failed'],
      ['Gatehouse is well again', 'Live'],
    ]);
    expect(shown.map(({ closed }) => closed)).toEqual([true, false]);
  });

  it('bring the window when they are clicked', () => {
    make().tell({ title: 'a', body: 'b', urgency: 'normal' });
    shown[0]?.emit('click');
    expect(clicks).toBe(1);
  });

  it('are left out where the system has none', () => {
    RecordingNotification.isSupported = () => false;
    make().tell({ title: 'a', body: 'b', urgency: 'normal' });
    expect(shown).toEqual([]);
  });
});
