import type { Engine, EngineOptions } from '../engine.ts';
import { openChdb } from './chdb.ts';
import { openServer } from './server.ts';

export async function openEngine(options: EngineOptions): Promise<Engine> {
  return 'server' in options ? openServer(options) : openChdb(options.path);
}
