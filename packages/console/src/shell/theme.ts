import { createTheme, type MantineColorsTuple } from '@mantine/core';

/** The green of the public page, from wash to ink. */
const octo: MantineColorsTuple = [
  '#e6f7f3',
  '#cdebe4',
  '#9fd8cb',
  '#6fc6b4',
  '#4ab7a1',
  '#2a9d87',
  '#158472',
  '#0b6b5d',
  '#08574c',
  '#05413a',
];

/** Its night, likewise: text first, then lines, cards and paper. */
const dark: MantineColorsTuple = [
  '#e9ebec',
  '#c3cad0',
  '#a3adb5',
  '#7f8a93',
  '#4a535a',
  '#333b41',
  '#242a2f',
  '#14171a',
  '#101315',
  '#0b0d0f',
];

export const theme = createTheme({
  primaryColor: 'octo',
  colors: { octo, dark },
  primaryShade: { light: 7, dark: 7 },
  fontFamily:
    'ui-sans-serif, system-ui, -apple-system, "Segoe UI", "Helvetica Neue", "Liberation Sans", Arial, sans-serif',
  headings: { fontWeight: '650' },
  defaultRadius: 'md',
  cursorType: 'pointer',
  respectReducedMotion: true,
});
