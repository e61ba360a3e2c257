import { OnymProvider, useOnym } from '@onym/sdk/react';
import { createElement } from 'react';
import { renderToString } from 'react-dom/server';

/** What a server does with the provider; server-rendering.test.ts waits for this process to end by itself. */

let requests = 0;
globalThis.fetch = async () => {
  requests++;
  throw new Error('A render on the server sends nothing.');
};

function Visitor() {
  const onym = useOnym();
  return createElement('p', null, `Visitor ${onym.getDistinctId()}, ${onym.getTrackingConsent()}`);
}

const options = { baseUrl: 'http://127.0.0.1:1', trackingConsent: 'granted' } as const;
const app = createElement(OnymProvider, { apiKey: 'pk_example', options }, createElement(Visitor));
const html = renderToString(app);
const waitsFor = process
  .getActiveResourcesInfo()
  .filter((resource) => resource === 'Timeout' || resource === 'Immediate');
process.once('exit', () => process.stdout.write(JSON.stringify({ html, requests, waitsFor })));
