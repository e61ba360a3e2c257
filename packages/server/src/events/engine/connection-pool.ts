/**
 * Every use of a connection goes through here, for one reason: chDB keeps what a failed statement had answered so far, and puts it
 * before the next answer on that connection. So a connection is used by one task at a time, and again only after a task that
 * ended well. Any other one is closed, and the next task opens one in its place.
 */
export interface ConnectionPool<Connection> {
  /** A connection of one's own, once one is free. */
  take(): Promise<Lease<Connection>>;
  /** Runs the task on a connection of its own. */
  use<Result>(task: (connection: Connection) => Promise<Result>): Promise<Result>;
  /** Those that are taken are closed when they are given back. */
  close(): Promise<void>;
}

export interface Lease<Connection> {
  readonly connection: Connection;
  /**
   * Gives the connection back, once, when nothing runs on it any more. `clean`: every statement on it ended well, was not killed, and
   * its result was read to the end.
   */
  end(clean: boolean): void;
}

export function createConnectionPool<Connection extends { close(): Promise<void> }>(
  open: () => Promise<Connection>,
  /** Connections at a time. */
  { size }: { readonly size: number },
): ConnectionPool<Connection> {
  const free: Connection[] = [];
  const queue: (() => void)[] = [];
  let places = size;
  let closed = false;

  function leavePlace(): void {
    const next = queue.shift();
    if (next === undefined) places += 1;
    else next();
  }

  async function take(): Promise<Lease<Connection>> {
    if (places > 0) places -= 1;
    else await new Promise<void>((enter) => void queue.push(enter));
    try {
      if (closed) throw new Error('The connections are closed.');
      return lease(free.pop() ?? (await open()));
    } catch (error) {
      leavePlace();
      throw error;
    }
  }

  const lease = (connection: Connection): Lease<Connection> => ({
    connection,
    end(clean) {
      if (clean && !closed) free.push(connection);
      else connection.close().catch(() => undefined);
      leavePlace();
    },
  });

  return {
    take,
    async use(task) {
      const { connection, end } = await take();
      let clean = false;
      try {
        const result = await task(connection);
        clean = true;
        return result;
      } finally {
        end(clean);
      }
    },
    async close() {
      closed = true;
      await Promise.all(free.splice(0).map((connection) => connection.close()));
    },
  };
}
