export const screenNames = [
  'overview',
  'feeds',
  'connection',
  'history',
  'programs',
  'logs',
  'settings',
] as const;
export type ScreenName = (typeof screenNames)[number];

export function isScreen(name: string): name is ScreenName {
  return (screenNames as readonly string[]).includes(name);
}
