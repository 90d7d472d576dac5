import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');

/**
 * Frees what nobody holds any more. Before a measurement it makes both sides of a comparison begin
 * alike, whatever ran before them.
 */
export const collectGarbage: () => void = runInNewContext('gc');
