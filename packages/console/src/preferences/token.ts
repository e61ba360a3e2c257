/** The value of a token of styles/tokens.css as it is now: `token('--accent')`. */
export const token = (name: `--${string}`): string =>
  getComputedStyle(document.documentElement).getPropertyValue(name).trim();
