import { readFileSync } from 'node:fs';
import helmet from '@fastify/helmet';
import fastifyStatic from '@fastify/static';
import swagger from '@fastify/swagger';
import websocket from '@fastify/websocket';
import fastify, { type FastifyInstance, type FastifyRequest } from 'fastify';
import {
  jsonSchemaTransform,
  serializerCompiler,
  validatorCompiler,
  type ZodTypeProvider,
} from 'fastify-type-provider-zod';
import { type Fault, refused } from '../../shared/result.ts';
import type { AppOptions } from './app-options.ts';
import { docsRoutes } from './docs-page.ts';
import { judge, type Verdict } from './guard.ts';
import { metricsText } from './metrics.ts';
import type { HttpPorts } from './ports.ts';
import { apiRoutes } from './routes-api.ts';
import { commandRoutes } from './routes-commands.ts';
import { systemRoutes } from './routes-system.ts';
import { serveWindow } from './socket.ts';
import { windowPage } from './window-page.ts';

const refusals: Readonly<Record<Exclude<Verdict, 'allowed'>, [number, Fault]>> = {
  'foreign-host': [
    403,
    {
      code: 'FOREIGN_HOST',
      message: 'The Host of this request is not one that Gatehouse answers to.',
      advice: 'Call it by 127.0.0.1 or localhost, or add the name with --allowed-hosts.',
    },
  ],
  'foreign-origin': [
    403,
    { code: 'FOREIGN_ORIGIN', message: 'Pages of other origins may not call Gatehouse.' },
  ],
  'no-token': [
    401,
    {
      code: 'UNAUTHORIZED',
      message: 'This needs the access token.',
      advice: 'Send "Authorization: Bearer …" or open /?token=… once; the token file holds it.',
    },
  ],
};

const cookieName = 'gatehouse_token';

const methods = ['GET', 'POST'] as const;

interface HttpError {
  readonly statusCode?: number;
  readonly message: string;
  readonly validation?: readonly { readonly instancePath: string; readonly message?: string }[];
}

/** Of what a query or a body holds, which part is wrong and how. */
function faultOf({ message, validation }: HttpError): string {
  const [first] = validation ?? [];
  return first ? `${first.instancePath.slice(1) || 'input'}: ${first.message ?? message}` : message;
}

/** The whole HTTP face as one fastify instance, ready to listen or to be injected into. */
export async function buildApp(options: AppOptions, ports: HttpPorts): Promise<FastifyInstance> {
  const app = fastify({
    logger: false,
    bodyLimit: 1 << 20,
    forceCloseConnections: true,
    ...(options.tls
      ? { https: { cert: readFileSync(options.tls.cert), key: readFileSync(options.tls.key) } }
      : {}),
  } as object) as unknown as FastifyInstance;
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);

  app.addHook('onRequest', async (request, reply) => {
    const verdict = judge(options.guard, {
      host: request.headers.host,
      origin: request.headers.origin,
      token: tokenOf(request),
      open: request.url === '/api/v1/health',
    });
    if (verdict === 'allowed') return;
    const [status, error] = refusals[verdict];
    options.log.warn({ peer: request.ip, url: pathOf(request.url), verdict }, 'request refused');
    return reply.code(status).send({ ok: false, error });
  });
  app.addHook('onResponse', async (request, reply) => {
    options.log.debug(
      {
        peer: request.ip,
        method: request.method,
        url: pathOf(request.url),
        status: reply.statusCode,
      },
      'http',
    );
  });
  app.setNotFoundHandler((request, reply) => {
    const url = pathOf(request.url);
    const allow = methods.filter((method) => app.hasRoute({ method, url }));
    if (allow.length === 0) {
      return reply.code(404).send(refused('NOT_FOUND', `There is nothing at ${url}.`));
    }
    const said = `${url} takes ${allow.join(' and ')}, not ${request.method}.`;
    return reply.code(405).header('allow', allow.join(', ')).send(refused('BAD_METHOD', said));
  });
  app.setErrorHandler((error: HttpError, _request, reply) => {
    const status = error.statusCode ?? 500;
    if (status >= 500) options.log.error({ err: error }, 'http request failed');
    const advice = status === 415 ? 'Send JSON, with "content-type: application/json".' : undefined;
    return reply
      .code(status)
      .send(refused(status >= 500 ? 'INTERNAL' : 'BAD_REQUEST', faultOf(error), advice));
  });
  // A command without input needs no body, whatever a client's library says of it.
  const parseJson = app.getDefaultJsonParser('error', 'error');
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    if (body === '') done(null, undefined);
    else parseJson(request, body as string, done);
  });

  await app.register(helmet, {
    contentSecurityPolicy: false,
    crossOriginResourcePolicy: { policy: 'same-origin' },
    strictTransportSecurity: options.tls !== null,
  });
  await app.register(swagger, {
    openapi: {
      info: {
        title: 'Gatehouse',
        version: options.version,
        description: 'One Interactive Brokers session: its state, its data and its loan.',
      },
    },
    transform: jsonSchemaTransform,
  });
  await app.register(websocket, { options: { maxPayload: 1 << 20 } });

  const typed = app.withTypeProvider<ZodTypeProvider>();
  await typed.register(async (scope) => apiRoutes(scope, options, ports), { prefix: '/api/v1' });
  await typed.register(async (scope) => systemRoutes(scope, options, ports), { prefix: '/api/v1' });
  await typed.register(async (scope) => commandRoutes(scope, ports), { prefix: '/api/v1' });
  await app.register(async (scope) => {
    scope.get('/ws', { websocket: true, schema: { hide: true } }, (socket) =>
      serveWindow(socket, ports, options.clock),
    );
  });
  app.get('/metrics', { schema: { hide: true } }, async (_request, reply) =>
    reply
      .type('text/plain; version=0.0.4; charset=utf-8')
      .send(await metricsText(ports.snapshot().state, ports.counters(), options.clock.now())),
  );
  await app.register(docsRoutes);
  if (options.windowDir !== null) await windowRoutes(app, options.windowDir, options);
  return app;
}

async function windowRoutes(
  app: FastifyInstance,
  folder: string,
  { guard, tls }: Pick<AppOptions, 'guard' | 'tls'>,
) {
  const secure = tls === null ? '' : '; Secure';
  const page = windowPage(folder);
  app.get('/', { schema: { hide: true } }, async (request, reply) => {
    const { token } = request.query as { token?: string };
    if (token !== undefined && guard.token !== null) {
      // The token moves from the address, where it would stay visible, into a cookie.
      return reply
        .header('set-cookie', `${cookieName}=${token}; HttpOnly; SameSite=Strict; Path=/${secure}`)
        .redirect('/');
    }
    const { html, policy } = page();
    return reply
      .header('content-security-policy', policy)
      .header('cache-control', 'no-store')
      .type('text/html; charset=utf-8')
      .send(html);
  });
  await app.register(fastifyStatic, { root: folder, index: false, immutable: true, maxAge: '1y' });
}

function tokenOf(request: FastifyRequest): string | undefined {
  const bearer = /^Bearer (\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
  if (bearer) return bearer;
  const cookie = new RegExp(`(?:^|; )${cookieName}=([^;]+)`).exec(
    request.headers.cookie ?? '',
  )?.[1];
  if (cookie) return cookie;
  return new URL(request.url, 'http://localhost').searchParams.get('token') ?? undefined;
}

/** The address without its query, which may carry the token. */
function pathOf(url: string): string {
  return url.split('?', 1)[0] as string;
}
