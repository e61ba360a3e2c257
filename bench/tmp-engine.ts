import { randomUUID } from 'node:crypto';
import { createEventStore } from '../packages/server/dist/events/event-store.js';
import { encodeEvents } from '../packages/server/dist/events/rows.js';
import { nodeId } from '../packages/server/dist/node-id.js';
import { batchTrackItems } from './measures/batch-items.ts';
import { setTimeout as sleep } from 'node:timers/promises';
const store = await createEventStore({ path: '/work/main/bench/.data/eng' }); await store.prepare('production');
const ev = batchTrackItems().map((i: any) => ({ uuid: randomUUID(), timestamp: Date.parse(i.timestamp), received_at: Date.now(), event: i.event, properties: i.properties, distinct_id: i.distinct_id, anonymous_id: null, device_id: i.device_id, session_id: i.session_id }));
{ const lines = ev.map((e) => JSON.stringify(e)); const big = '[' + lines.slice(0,1000).join(',') + ']';
  const t = (n: string, f: () => void) => { f(); f(); const c = process.cpuUsage(); for (let i = 0; i < 20; i++) f(); const d = process.cpuUsage(c); console.log(n, ((d.user + d.system) / 20 / 1000).toFixed(2), 'us/event'); };
  t('stringify event', () => { for (const e of ev.slice(0,1000)) JSON.stringify(e); });
  t('parse batch', () => { JSON.parse(big); });
  t('encodeEvents', () => { encodeEvents('production', ev.slice(0,1000), (d) => nodeId('production', d)); });
  const lossy = /null|\{\}|\.[^"]*":|\\ud[89a-f]|(?<![.\d])\d{16}|\de\+/; const props = ev.slice(0,1000).map((e) => JSON.stringify(e.properties));
  t('props stringify', () => { for (const e of ev.slice(0,1000)) JSON.stringify(e.properties); });
  t('lossy', () => { for (const p of props) lossy.test(p); });
  console.log('lossy share', props.filter((p) => lossy.test(p)).length / 1000, 'bytes', lines.reduce((a, l) => a + l.length, 0) / lines.length);
}
let k = 0;
for (const rows of [1000, 4000, 8000, 20000, 50000, 4000]) {
  const batch = Array.from({ length: rows }, (_, i) => ev[i % ev.length]!); const body = encodeEvents('production', batch, (id) => nodeId('production', id));
  const c = process.cpuUsage(); const n = Math.max(2, Math.round(100000 / rows)); const s = performance.now();
  for (let i = 0; i < n; i++) { await store.insertEvents('production', body, `x${k++}`); }
  const w = performance.now() - s; await sleep(1500);
  const d = process.cpuUsage(c); console.log('insert', rows, ((d.user + d.system) / (n * rows)).toFixed(1), 'us cpu/row (merges of 1.5 s included)', (n * rows / w * 1000).toFixed(0), 'rows/s');
}
await store.close();
