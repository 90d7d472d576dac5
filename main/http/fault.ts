import { z } from 'zod';

/** What every refusal looks like. */
export const fault = z.object({
  ok: z.literal(false),
  error: z.object({ code: z.string(), message: z.string(), advice: z.string().optional() }),
});
