import { type CSSVariablesResolver, createTheme } from '@mantine/core';

export const theme = createTheme({
  primaryColor: 'steel',
  // Dark enough to carry white letters; where that cannot be, as on yellow, the letters are black.
  primaryShade: 8,
  autoContrast: true,
  colors: {
    steel: [
      '#eef3fa',
      '#dbe4f0',
      '#b4c7e1',
      '#8ba8d3',
      '#698ec7',
      '#537dc0',
      '#4775bd',
      '#3863a7',
      '#2f5896',
      '#1f3a5f',
    ],
  },
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif',
  fontFamilyMonospace:
    'ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace',
  defaultRadius: 'md',
  headings: { fontWeight: '600' },
});

/** Greys that can be read, which Mantine's own cannot on either ground, and a colour a level. */
export const variables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--mantine-color-dimmed': '#5d666f',
    '--mantine-color-placeholder': '#6b747c',
    '--level-ok': '#1b7f4b',
    '--level-paused': '#4a5a75',
    '--level-working': '#1f5fa8',
    '--level-warning': '#9a5b00',
    '--level-error': '#b3261e',
  },
  dark: {
    '--mantine-color-dimmed': '#a3a3a3',
    '--mantine-color-placeholder': '#a0a0a0',
    '--level-ok': '#4cc38a',
    '--level-paused': '#9fb2d0',
    '--level-working': '#6cb0ff',
    '--level-warning': '#f2b84b',
    '--level-error': '#ff8a80',
  },
});
