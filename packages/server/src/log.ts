/** What work in the background writes to; pino's logger fits. */
export interface Log {
  info(details: object, message: string): void;
  warn(details: object, message: string): void;
  error(details: object, message: string): void;
}

/** A log for parts that are opened before the one it belongs to. Until then nothing is logged through it. */
export interface LateLog extends Log {
  begin(log: Log): void;
}

const nowhere = (): void => {};

export function createLateLog(): LateLog {
  const log: LateLog = {
    info: nowhere,
    warn: nowhere,
    error: nowhere,
    begin(own) {
      log.info = own.info.bind(own);
      log.warn = own.warn.bind(own);
      log.error = own.error.bind(own);
    },
  };
  return log;
}
