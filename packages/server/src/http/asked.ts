declare module 'fastify' {
  interface FastifyRequest {
    /** What a query asked, for its line of the log. */
    asked: string | null;
  }
}

const askedLengthMax = 300;
/** A text, with its escapes and doubled quotes; one that does not end is one to the statement's end. */
const texts = /'(?:[^'\\]|\\[\s\S]|'')*(?:'|$)|\$(\w*)\$[\s\S]*?(?:\$\1\$|$)/g;

/**
 * A statement in one short line. Texts in it are left out: they are ids and traits of people, and an erasure does not reach a log. More of
 * a statement than fits is not looked at.
 */
export function askedOf(sql: string): string {
  const line = sql
    .slice(0, 8 * askedLengthMax)
    .replace(texts, "'…'")
    .replace(/\s+/g, ' ')
    .trim();
  return line.length > askedLengthMax ? `${line.slice(0, askedLengthMax)}…` : line;
}
