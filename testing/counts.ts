/** True under `npm run proof`, where the long counts run. */
export const proving = process.env['GATEHOUSE_PROOF'] === '1';

/** How often to repeat: few under `npm test`, many under `npm run proof`. */
export function count(few: number, many: number): number {
  return proving ? many : few;
}
