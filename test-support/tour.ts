import { type Snippet, snippetsOf } from './markdown.ts';

/** What the README shows, but for the blocks that install and start: the server is running. */
export function tourOf(readme: string): Snippet[] {
  return snippetsOf(readme).filter(({ code }) => !/^npm (ci|start|i|install)\b|^npx |^onym serve|^URL=/m.test(code));
}

/** The shell functions that the README and docs/http.md define for their readers. */
export const prelude = `
set -eu
URL="$ONYM_URL"
onym() { curl -s "$URL$1" -H "Authorization: Bearer $ONYM_SECRET_KEY" "\${@:2}"; echo; }
`;
