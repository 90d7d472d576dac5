import { Notification } from 'electron';
import type { Health } from '../../shared/health.ts';
import { type Notice, nextNotice, nothingTold } from './notice-policy.ts';

/** Tells the person through the system's own notifications; a later one replaces the one before. */
export class Notifications {
  readonly #clicked: () => void;
  #memory = nothingTold;
  #shown: Notification | null = null;

  constructor(clicked: () => void) {
    this.#clicked = clicked;
  }

  health(health: Health, now: number, watching: boolean): void {
    const { memory, notice } = nextNotice(this.#memory, health, now, watching);
    this.#memory = memory;
    if (notice) this.tell(notice);
  }

  tell({ title, body, urgency }: Notice): void {
    if (!Notification.isSupported()) return;
    this.#shown?.close();
    this.#shown = new Notification({ title, body, urgency });
    this.#shown.on('click', this.#clicked);
    this.#shown.show();
  }
}
