import { Button, createTheme, type CSSVariablesResolver, type MantineColorsTuple } from '@mantine/core';
import { isWriting, writes } from './writes';

const blue: MantineColorsTuple = [
  '#e6effc', '#cfe0f9', '#a6c6f4', '#7fb0fa', '#4f8be8', '#2f6fd6', '#1b5fc4', '#174fa6', '#174a99', '#123a78',
];
const red: MantineColorsTuple = [
  '#fde8e7', '#f9cfcd', '#f4a6a3', '#ff948d', '#e0605b', '#c93a35', '#c22a26', '#a3201d', '#8a1b18', '#6d1512',
];
const gray: MantineColorsTuple = [
  '#f5f7f9', '#edf0f4', '#d6dce3', '#b8c1cb', '#98a3af', '#7a8592', '#5d6978', '#4a5665', '#2f3a46', '#17202b',
];
// The kit's own are brown-grey.
const dark: MantineColorsTuple = [
  '#e6ebf0', '#aab5c1', '#8f9ba8', '#717d8a', '#2d3742', '#1f2730', '#1b222a', '#171d24', '#0f1419', '#0b0f13',
];

export const theme = createTheme({
  primaryColor: 'blue',
  primaryShade: { light: 6, dark: 5 },
  colors: { blue, red, gray, dark },
  fontFamily: 'var(--font)',
  fontFamilyMonospace: 'var(--mono)',
  fontSizes: { xs: '12px', sm: '13px', md: '14px', lg: '16px', xl: '18px' },
  lineHeights: { xs: '16px', sm: '18px', md: '20px', lg: '24px', xl: '26px' },
  spacing: { xs: '8px', sm: '12px', md: '16px', lg: '24px', xl: '32px' },
  radius: { xs: '4px', sm: '6px', md: '6px', lg: '8px', xl: '12px' },
  defaultRadius: 'sm',
  cursorType: 'pointer',
  respectReducedMotion: true,
  components: {
    Button: Button.extend({
      defaultProps: { size: 'sm' },
      classNames: (_, props) => (isWriting(props) ? { root: writes } : {}),
    }),
    Modal: { defaultProps: { radius: 'xl', centered: true, transitionProps: { duration: 120 } } },
    // A title inside of a dialog is no banner of the page.
    ModalHeader: { defaultProps: { role: 'presentation' } },
    DrawerHeader: { defaultProps: { role: 'presentation' } },
    // Where it belongs in the document: inside of a landmark, and next in the order of the keyboard.
    Menu: { defaultProps: { withinPortal: false, floatingStrategy: 'fixed', withInitialFocusPlaceholder: false } },
    Tooltip: { defaultProps: { openDelay: 300, withinPortal: true } },
  },
});

export const variables: CSSVariablesResolver = () => {
  const both = {
    '--mantine-color-body': 'var(--surface)',
    '--mantine-color-text': 'var(--text)',
    '--mantine-color-dimmed': 'var(--muted)',
    '--mantine-color-placeholder': 'var(--faint)',
    '--mantine-color-anchor': 'var(--link)',
    '--mantine-color-error': 'var(--bad)',
    '--mantine-color-default': 'var(--raised)',
    '--mantine-color-default-hover': 'var(--sunken)',
    '--mantine-color-default-color': 'var(--text)',
    '--mantine-color-default-border': 'var(--control)',
    '--mantine-color-disabled-color': 'var(--faint)',
  };
  return { variables: {}, light: both, dark: both };
};
