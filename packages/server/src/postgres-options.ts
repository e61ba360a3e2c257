/** A PostgreSQL server, as the configuration names it. */
export interface PostgresOptions {
  /** `postgres://user:password@host:5432/database`; `?sslmode=verify-full` and its kin as libpq reads them. */
  readonly url: string;
  /** Where the tables are. */
  readonly schema: string;
}
