import { execSync } from 'node:child_process';
import Database from 'better-sqlite3';
import { load } from './load.ts';
import { requestsFor, singleTrackBodies } from './measures/single-track.ts';
import { startOnym } from './processes.ts';

for (const checkout of [undefined, '/tmp/onym-base']) {
  const dataDir = `/work/main/bench/.data/grp${checkout ? 1 : 0}`;
  execSync(`rm -rf ${dataDir}`);
  const onym = await startOnym({ dataDir, ...(checkout && { checkout }) });
  const requests = requestsFor(onym, singleTrackBodies('S', false));
  await load({ url: onym.url, connections: 64, requests, durationMs: 2000 });
  const db = new Database(`${dataDir}/journal/journal.sqlite`, { readonly: true });
  const id = () =>
    (db.prepare('SELECT max(drained_to, (SELECT coalesce(max(id),0) FROM batches)) AS m FROM meta').get() as any).m;
  const a = id();
  const ctx = () => {
    const v = 0,
      n = 0;
    const m = /voluntary_ctxt_switches:\s+(\d+)\nnonvoluntary_ctxt_switches:\s+(\d+)/.exec(
      execSync(`cat /proc/${onym.pid}/task/${onym.pid}/status`).toString(),
    )!;
    return [Number(m[1]), Number(m[2])];
  };
  const c0 = ctx(),
    u0 = onym.usage()!;
  const r = await load({ url: onym.url, connections: 64, requests, durationMs: 5000 });
  const c1 = ctx(),
    u1 = onym.usage()!;
  console.log(
    checkout ?? 'new',
    r.perSecond.toFixed(0),
    'req/s; group',
    (r.acknowledged / (id() - a)).toFixed(1),
    'groups/s',
    ((id() - a) / r.seconds).toFixed(0),
    'vol/nonvol switches/s',
    ((c1[0]! - c0[0]!) / 5).toFixed(0),
    ((c1[1]! - c0[1]!) / 5).toFixed(0),
    'main cpu share',
    ((u1.mainCpu - u0.mainCpu) / r.seconds).toFixed(2),
    'all',
    ((u1.cpu - u0.cpu) / r.seconds).toFixed(2),
    'p50',
    r.p50Ms.toFixed(2),
    'p99',
    r.p99Ms.toFixed(1),
  );
  db.close();
  await onym.stop();
}
