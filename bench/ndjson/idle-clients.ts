import net from 'node:net';

/** Opens many connections and says nothing on any of them. */
const [port, wanted] = process.argv.slice(2).map(Number) as [number, number];
let open = 0;
let failed = 0;

function connectOne(): void {
  const socket = net.connect(port, '127.0.0.1');
  socket.once('connect', () => settled(true));
  socket.once('error', () => settled(false));
}

function settled(connected: boolean): void {
  if (connected) open++;
  else failed++;
  const done = open + failed;
  if (done === wanted) process.send?.({ open, failed });
  else if (done + 200 <= wanted) connectOne();
}

process.send?.({ port: 0 });
process.once('message', () => {
  for (let i = 0; i < Math.min(200, wanted); i++) connectOne();
});
