import { act } from './act.ts';
import { errors } from './errors.ts';
import { find } from './find.ts';
import { health } from './health.ts';
import { imports } from './imports.ts';
import { ledger } from './ledger.ts';
import { live } from './live.ts';
import { palette } from './palette.ts';
import { person } from './person.ts';
import { review } from './review.ts';
import { shell } from './shell.ts';
import { signIn } from './sign-in.ts';
import { sql } from './sql.ts';

/** Every word that the console says, by page: plain, short, no exclamation mark. */
export const texts = {
  act,
  errors,
  find,
  health,
  imports,
  ledger,
  live,
  palette,
  person,
  review,
  shell,
  signIn,
  sql,
} as const;
