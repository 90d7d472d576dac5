import { createTheme } from '@mantine/core';

export const theme = createTheme({
  primaryColor: 'steel',
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
