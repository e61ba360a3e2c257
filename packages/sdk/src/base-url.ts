/** An address without a slash at its end. `127.0.0.1:7700` and `localhost:7700` are http: else a page would take them for a path of its own. */
export const baseOf = (url: string): string => (/^[\w.-]+:\d/.test(url) ? 'http://' : '') + url.replace(/\/+$/, '');
