/** What server.js uses of Express, which brings no types of its own; `npm install -D @types/express` has all of them. */
declare module 'express' {
  import type { IncomingMessage, Server, ServerResponse } from 'node:http';

  export interface Request extends IncomingMessage {
    readonly originalUrl: string;
    readonly protocol: string;
    /** Fields of a form, and absent without one. */
    readonly body: Record<string, unknown> | undefined;
  }

  export interface Response extends ServerResponse {
    locals: import('./server.js').Locals;
    status(code: number): this;
    send(body: string): this;
    json(body: unknown): this;
    redirect(status: number, url: string): void;
    cookie(name: string, value: string, options: object): this;
    clearCookie(name: string, options: object): this;
  }

  type Handler = (request: Request, response: Response, next: () => void) => unknown;

  interface Express {
    use(handler: Handler): this;
    get(path: string, handler: Handler): this;
    post(path: string, handler: Handler): this;
    listen(port: number, host: string, listening: (error?: Error) => void): Server;
  }

  function express(): Express;
  namespace express {
    function urlencoded(options: object): Handler;
  }
  export default express;
}
