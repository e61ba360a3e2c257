import type { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';

const sweepIntervalMs = 50;

/**
 * Lets a stopping server end: Node closes the connections that are idle when it stops, but neither those that become idle later
 * (a live stream that just ended) nor those that never sent a byte (browsers open such in advance).
 */
export function closeConnectionsOnStop(app: FastifyInstance): void {
  const sockets = new Set<Socket>();
  app.server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  app.addHook('preClose', (done) => {
    const sweep = () => {
      app.server.closeIdleConnections();
      for (const socket of sockets) if (socket.bytesRead === 0) socket.destroy();
    };
    const timer = setInterval(sweep, sweepIntervalMs);
    app.server.once('close', () => clearInterval(timer));
    if (!app.server.listening) clearInterval(timer);
    done();
  });
}
