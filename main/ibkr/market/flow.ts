import type { FlowRules } from '../ports.ts';

/** What the flow rules look at. */
export interface FlowFacts {
  readonly feed: string;
  readonly heard: number;
  readonly requestedAt: number;
  readonly lastTickAt: number | null;
}

/** So many ticks since the request make a ticker one whose silence means something. */
const talkative = 20;

/** A ticker has spoken since `since`. */
export function provenSince(facts: Pick<FlowFacts, 'lastTickAt'>, since: number): boolean {
  return facts.lastTickAt !== null && facts.lastTickAt >= since;
}

/**
 * A ticker that used to speak has fallen silent for much longer than is usual for it. After it was
 * asked for again it must become talkative anew, so a market that closes costs one request, not many.
 */
export function fellSilent(facts: FlowFacts, now: number, rules: FlowRules): boolean {
  if (facts.feed !== 'streaming' || facts.heard < talkative || facts.lastTickAt === null) {
    return false;
  }
  const usualGapMs = (facts.lastTickAt - facts.requestedAt) / facts.heard;
  return now - facts.lastTickAt > Math.max(rules.silentMs, 20 * usualGapMs);
}

/** Asked for, but not even the last known price came. */
export function neverAnswered(facts: FlowFacts, now: number, rules: FlowRules): boolean {
  return facts.feed === 'waiting' && facts.heard === 0 && now - facts.requestedAt > rules.proofMs;
}

export function retryWait(retries: number, rules: FlowRules): number {
  const { retryMs } = rules;
  return retryMs[Math.min(retries, retryMs.length - 1)] ?? 60_000;
}
