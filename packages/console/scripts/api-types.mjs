// Types of the HTTP API from a server's /openapi.json, as src/api/schema.d.ts. With a URL as its argument it writes that file.
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import openapiTS, { astToString } from 'openapi-typescript';

const file = fileURLToPath(new URL('../src/api/schema.d.ts', import.meta.url));
const head =
  '// Made from /openapi.json by `npm run types -w @onym/console -- <URL of a running server>`. Not to be edited.\n\n';

export async function apiTypes(document) {
  return head + astToString(await openapiTS(document, { defaultNonNullable: false }));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const url = process.argv[2] ?? 'http://127.0.0.1:7700';
  const answer = await fetch(`${url}/openapi.json`);
  if (!answer.ok) throw new Error(`${url}/openapi.json answers ${answer.status}.`);
  writeFileSync(file, await apiTypes(await answer.json()));
}
