import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { type CommandName, commandNames, contract } from '../../shared/contract.ts';
import { type Fault, ok } from '../../shared/result.ts';
import { fault } from './fault.ts';
import type { HttpPorts } from './ports.ts';

/** `POST /commands/NAME` for each command of the contract; the dispatcher validates. */
export function commandRoutes(app: FastifyInstance, ports: HttpPorts): void {
  for (const name of commandNames) addCommand(app, ports, name);
  app.post('/commands/:name', { schema: { hide: true } }, async (request, reply) => {
    const { name } = request.params as { name: string };
    const result = await ports.dispatch(name, request.body, 'http');
    return reply.code(result.ok ? 200 : statusOf(result.error)).send(result);
  });
}

function addCommand(app: FastifyInstance, ports: HttpPorts, name: CommandName): void {
  const { sentence, input, output, access } = contract[name];
  app.post(
    `/commands/${name}`,
    {
      schema: {
        summary: sentence,
        tags: [access === 'read' ? 'read' : 'control'],
        body: input,
        response: { 200: z.object({ ok: z.literal(true), value: output }), default: fault },
      },
      // The dispatcher validates for every caller alike; the schema is here to be documented.
      validatorCompiler: () => () => true,
    },
    async (request, reply) => {
      const result = await ports.dispatch(name, request.body ?? {}, 'http');
      if (result.ok) return reply.send(ok(result.value));
      return reply.code(statusOf(result.error)).send(result);
    },
  );
}

function statusOf(error: Fault): number {
  switch (error.code) {
    case 'UNKNOWN_COMMAND':
    case 'NOT_FOUND':
      return 404;
    case 'BAD_INPUT':
      return 400;
    case 'INTERNAL':
      return 500;
    default:
      return 409;
  }
}
