import type { WebSocket } from 'ws';
import { refused } from '../../shared/result.ts';
import { beatMs, type SupervisorMessage, type WindowMessage } from '../../shared/wire.ts';
import { type Clock, every } from '../kit/clock.ts';
import type { HttpPorts } from './ports.ts';

/** A window that does not read is not buffered for: it gets a new snapshot once it reads again. */
const backlogLimit = 1 << 20;

/** Speaks with one window: snapshot first, then patches, a beat each second, answers to its calls. */
export function serveWindow(
  socket: Pick<WebSocket, 'send' | 'on' | 'bufferedAmount' | 'readyState'>,
  ports: HttpPorts,
  clock: Clock,
): void {
  let behind = false;
  let seq = 0;

  const send = (message: SupervisorMessage) => {
    if (socket.readyState === 1) socket.send(JSON.stringify(message));
  };
  const sendSnapshot = () => {
    const snapshot = ports.snapshot();
    seq = snapshot.seq;
    behind = false;
    send({ kind: 'snapshot', snapshot });
  };
  const unsubscribe = ports.subscribe((batch) => {
    if (batch.seq <= seq) return;
    if (behind || socket.bufferedAmount > backlogLimit) {
      behind = true;
      return;
    }
    seq = batch.seq;
    send({ kind: 'patches', batch });
  });
  const stopBeating = every(clock, beatMs, () => {
    if (socket.bufferedAmount > backlogLimit) return;
    if (behind) sendSnapshot();
    else send({ kind: 'beat', at: clock.now(), seq });
  });

  socket.on('message', (data: Buffer, isBinary: boolean) => {
    const message = isBinary ? null : parse(data.toString('utf8'));
    if (message === null) return;
    if (message.kind === 'resync') {
      sendSnapshot();
      return;
    }
    void ports
      .dispatch(message.name, message.input, 'window')
      .then((result) => send({ kind: 'answer', id: message.id, result }));
  });
  socket.on('close', () => {
    unsubscribe();
    stopBeating();
  });
  socket.on('error', () => {});
  sendSnapshot();

  function parse(text: string): WindowMessage | null {
    try {
      const message = JSON.parse(text) as WindowMessage;
      if (message?.kind === 'resync') return message;
      if (message?.kind === 'call' && typeof message.id === 'number') {
        if (typeof message.name === 'string') return message;
        send({ kind: 'answer', id: message.id, result: refused('BAD_INPUT', 'No command named.') });
      }
    } catch {
      // A window of ours never sends anything else; what does is not answered.
    }
    return null;
  }
}
