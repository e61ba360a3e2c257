import {
  createServer,
  request as httpRequest,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { listening } from '../../../../test-support/listening.ts';

/** What becomes of a request on its way to Onym. */
export type Weather =
  | 'fair'
  /** It arrives, and its answer is lost. */
  | 'answers are lost'
  /** It does not arrive. */
  | 'nothing arrives';

/** A site of pages that load the built SDK, and a way from them to Onym whose weather tests make. */
export interface Site {
  /** Of any page, on another site than Onym. */
  readonly url: string;
  /** What pages have for `baseUrl`. */
  readonly onymUrl: string;
  weather: Weather;
  /** Requests that pages have made to Onym: method and path. */
  readonly requests: string[];
  close(): void;
}

export async function startSite(onymUrl: string): Promise<Site> {
  const { outputFiles } = await build({
    stdin: {
      contents: `export { onym, createOnym } from '@onym/sdk';`,
      resolveDir: fileURLToPath(new URL('.', import.meta.url)),
    },
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    conditions: ['onym-source'],
    write: false,
  });
  const script = outputFiles[0]!.text;

  const pages = createServer((request, response) => {
    const isScript = request.url === '/onym.js';
    response.setHeader('content-type', isScript ? 'text/javascript' : 'text/html');
    response.end(
      isScript
        ? script
        : '<!doctype html><title>A shop</title><script type="module">import { onym } from "/onym.js"; window.onym = onym;</script>',
    );
  });

  const requests: string[] = [];
  const lost = new Set<ServerResponse>();
  const way = createServer((incoming, answer) => {
    requests.push(`${incoming.method} ${incoming.url!.split('?')[0]}`);
    if (site.weather === 'nothing arrives') return void lost.add(answer);
    forward(onymUrl, incoming, answer, site.weather === 'answers are lost' ? (kept) => lost.add(kept) : null);
  });
  const [pagesPort, wayPort] = [await listening(pages), await listening(way)];
  const site: Site = {
    url: `http://localhost:${pagesPort}`,
    onymUrl: `http://127.0.0.1:${wayPort}`,
    weather: 'fair',
    requests,
    close() {
      for (const answer of lost) answer.destroy();
      for (const server of [pages, way]) end(server);
    },
  };
  return site;
}

function forward(
  onymUrl: string,
  incoming: IncomingMessage,
  answer: ServerResponse,
  lose: ((answer: ServerResponse) => void) | null,
): void {
  const { method = 'GET', url = '/', headers } = incoming;
  const outgoing = httpRequest(onymUrl + url, { method, headers }, (answered) => {
    if (lose !== null) {
      answered.resume();
      return lose(answer);
    }
    answer.writeHead(answered.statusCode!, answered.headers);
    answered.pipe(answer);
  });
  outgoing.on('error', () => answer.destroy());
  // A page that goes may cut a request off before its body is through.
  incoming.on('aborted', () => outgoing.destroy());
  incoming.pipe(outgoing);
}

function end(server: Server): void {
  server.close();
  server.closeAllConnections();
}
