import http from 'node:http';
import https from 'node:https';
import { text } from 'node:stream/consumers';
import { LineClient } from '../ndjson/line-client.ts';

/** How long whoever holds a port may take to say who it is. */
const answerMs = 1000;

/** The Gatehouse that answers there in lines of JSON, or null where it is another program. */
export async function gatehouseOnNdjson(host: string, port: number): Promise<string | null> {
  const client = await LineClient.connect(port, host);
  const silence = setTimeout(() => client.close(), answerMs);
  try {
    return gatehouseIn((await client.ask({ v: 1, id: 1, type: 'hello' })) ?? '');
  } finally {
    clearTimeout(silence);
    client.close();
  }
}

/** The same for the port of the window and the HTTP interface. */
export function gatehouseOnHttp(secure: boolean): typeof gatehouseOnNdjson {
  return async (host, port) => {
    const { status, version } = JSON.parse(await health(host, port, secure)) as {
      status?: unknown;
      version?: unknown;
    };
    return status === 'ok' && typeof version === 'string' ? `Gatehouse ${version}` : null;
  };
}

/** Whose certificate it is does not matter: nothing is told, and only a name is asked for. */
function health(host: string, port: number, secure: boolean): Promise<string> {
  const options = {
    host,
    port,
    path: '/api/v1/health',
    signal: AbortSignal.timeout(answerMs),
    rejectUnauthorized: false,
  };
  return new Promise((resolve, reject) => {
    const request = (secure ? https : http).get(options, (answer) => {
      text(answer).then(resolve, reject);
    });
    request.on('error', reject);
  });
}

function gatehouseIn(line: string): string | null {
  const { data, error } = JSON.parse(line) as {
    data?: { server?: unknown; version?: unknown };
    error?: { code?: unknown };
  };
  if (data?.server === 'gatehouse' && typeof data.version === 'string') {
    return `Gatehouse ${data.version}`;
  }
  // The first line must show the token; nobody else refuses in these words.
  return error?.code === 'UNAUTHORIZED' ? 'a Gatehouse that asks for its token' : null;
}
