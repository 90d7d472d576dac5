import net from 'node:net';
import { frame } from '../../main/ibkr/testing/raw-gateway.ts';

// A gateway in a process of its own, so that what it costs to send is not measured as cost to read.

export type Order =
  /** As many frames as fast as they are taken, then a time message as the end mark. */
  | { readonly type: 'flood'; readonly frames: number }
  /** So many frames a second; now and then one is timed until its price is seen over NDJSON. */
  | {
      readonly type: 'trace';
      readonly perSecond: number;
      readonly seconds: number;
      readonly ndjsonPort: number;
    };

export type Report =
  | { readonly type: 'listening'; readonly port: number }
  | { readonly type: 'requested'; readonly ids: number }
  | { readonly type: 'traced'; readonly millis: readonly number[]; readonly sent: number };

let socket: net.Socket | undefined;
let ids: number[] = [];
let tail = Buffer.alloc(0);

const server = net.createServer((accepted) => {
  socket = accepted;
  ids = [];
  tail = Buffer.alloc(0);
  let greeted = false;
  accepted.setNoDelay(true);
  accepted.on('error', () => {});
  accepted.on('data', (chunk) => {
    if (!greeted) {
      greeted = true;
      accepted.write(frame(178, '20260105 10:00:00 EST'));
      accepted.write(Buffer.concat([frame(15, 1, 'DU1'), frame(9, 1, 1)]));
      return;
    }
    read(chunk);
  });
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  send({ type: 'listening', port: typeof address === 'object' && address ? address.port : 0 });
});

function read(chunk: Buffer): void {
  tail = Buffer.concat([tail, chunk]);
  while (tail.length >= 4 && tail.length >= 4 + tail.readUInt32BE()) {
    const fields = tail.toString('latin1', 4, 4 + tail.readUInt32BE()).split('\0');
    tail = tail.subarray(4 + tail.readUInt32BE());
    if (fields[0] === '1') ids.push(Number(fields[2]));
    if (fields[0] === '49') socket?.write(frame(49, 1, 1));
  }
  send({ type: 'requested', ids: ids.length });
}

/** Bid, ask, last, volume, time of the last trade and a generic tick, over all tickers. */
function variedFrames(count: number): Buffer {
  const frames: Buffer[] = [];
  for (let i = 0; i < count; i++) {
    const id = ids[Math.floor(i / 6) % ids.length] as number;
    const price = (100 + ((i * 7919) % 10_000) / 100).toFixed(2);
    switch (i % 6) {
      case 0:
        frames.push(frame(1, 6, id, 1, price, 300, 1));
        break;
      case 1:
        frames.push(frame(1, 6, id, 2, price, 200, 1));
        break;
      case 2:
        frames.push(frame(1, 6, id, 4, price, 100, 0));
        break;
      case 3:
        frames.push(frame(2, 6, id, 8, 1_000_000 + i));
        break;
      case 4:
        frames.push(frame(46, 6, id, 45, 1_770_000_000));
        break;
      default:
        frames.push(frame(45, 6, id, 49, 0));
    }
  }
  return Buffer.concat(frames);
}

const framesInBlock = 24_000;

async function flood(total: number): Promise<void> {
  const block = variedFrames(framesInBlock);
  for (let left = total; left > 0; left -= framesInBlock) {
    if (!socket?.write(block)) await new Promise((resolve) => socket?.once('drain', resolve));
  }
  socket?.write(frame(49, 1, 1));
}

/** Times a tick from the write to the socket until get_quote over TCP answers with its price. */
async function trace(order: Order & { type: 'trace' }): Promise<void> {
  const client = net.connect({ host: '127.0.0.1', port: order.ndjsonPort });
  client.setNoDelay(true);
  await new Promise((resolve) => client.once('connect', resolve));
  const watched = ids[0] as number;
  const millis: number[] = [];
  const others = ids.slice(1);
  const background = others.map((id, i) => frame(1, 6, id, 4, (50 + i / 100).toFixed(2), 100, 0));
  let wanted = 1000;
  let sentAt = 0;
  let waiting = false;
  let sent = 0;
  const ask = `${JSON.stringify({ v: 1, id: 1, type: 'get_quote', ticker: 'T0' })}\n`;
  client.on('data', (chunk: Buffer) => {
    const seen = /"price":([\d.]+)/.exec(chunk.toString())?.[1];
    if (Number(seen) === wanted) {
      millis.push(performance.now() - sentAt);
      waiting = false;
    } else {
      client.write(ask);
    }
  });
  const begun = performance.now();
  const end = begun + order.seconds * 1000;
  await new Promise<void>((resolve) => {
    const beat = setInterval(() => {
      const now = performance.now();
      if (now >= end) {
        clearInterval(beat);
        resolve();
        return;
      }
      const due = ((now - begun) / 1000) * order.perSecond;
      const parts: Buffer[] = [];
      while (sent < due && parts.length < 1000) {
        parts.push(background[sent % background.length] as Buffer);
        sent++;
      }
      if (!waiting) {
        waiting = true;
        wanted = wanted >= 9000 ? 1000 : wanted + 1;
        parts.push(frame(1, 6, watched, 4, wanted, 100, 0));
        sent++;
        sentAt = performance.now();
        socket?.write(Buffer.concat(parts));
        client.write(ask);
      } else if (parts.length > 0) {
        socket?.write(Buffer.concat(parts));
      }
    }, 1);
  });
  client.destroy();
  send({ type: 'traced', millis, sent });
}

function send(report: Report): void {
  process.send?.(report);
}

process.on('message', (order: Order) => {
  if (order.type === 'flood') void flood(order.frames);
  else void trace(order);
});
process.on('disconnect', () => process.exit(0));
