import { type Snippet, snippetsOf } from './markdown.ts';

/** What the README shows, but for the blocks that install, or run until Ctrl-C: the server is running. */
export function tourOf(readme: string): Snippet[] {
  return snippetsOf(readme).filter(
    ({ code }) => !/^npm (ci|start|i|install)\b|^npx onym (serve|tail|demo)|^onym serve|^URL=/m.test(code),
  );
}
