import { answered, api } from './client.ts';

interface Question {
  readonly environment: string;
  readonly sql: string;
  readonly params?: Readonly<Record<string, unknown>>;
}

/** The rows of a statement that the console itself asks: few, and of a shape that it knows. */
export async function rowsOf<Row = Record<string, unknown>>(
  question: Question,
  signal: AbortSignal,
): Promise<readonly Row[]> {
  const answer = await answered(
    api.POST('/v1/query', { body: { ...question, params: question.params ?? {} }, signal }),
  );
  return (answer as { data: unknown[] }).data as Row[];
}
