import { stored } from './stored.ts';

export const themes = ['system', 'light', 'dark'] as const;
export type Theme = (typeof themes)[number];

export const theme = stored<Theme>('theme', themes, 'system');

const darkSystem = matchMedia('(prefers-color-scheme: dark)');

/** The theme that is shown: `data-theme` of the document, which styles/tokens.css goes by. */
function show(): void {
  const chosen = theme.get();
  const dark = chosen === 'dark' || (chosen === 'system' && darkSystem.matches);
  document.documentElement.dataset.theme = dark ? 'dark' : 'light';
}

/** From the first paint on; canvases that draw by the theme's colours listen to `data-theme`. */
export function followTheme(): void {
  show();
  theme.subscribe(show);
  darkSystem.addEventListener('change', show);
}
