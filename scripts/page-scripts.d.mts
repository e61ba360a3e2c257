/** The text of each script for pages, by its name in the SDK's `dist`. */
export function pageScripts(): Promise<Record<'onym.js' | 'onym.min.js', string>>;
