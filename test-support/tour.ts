import { type Snippet, snippetsOf } from './markdown.ts';

/** What the README shows, but for the blocks that install and start: the server is running. */
export function tourOf(readme: string): Snippet[] {
  return snippetsOf(readme).filter(
    ({ code }) => !/^npm (ci|start|i|install)\b|^npx onym (serve|tail)|^onym serve|^URL=/m.test(code),
  );
}
