import { Fragment, type ReactNode } from 'react';

/** A text with `{places}`, each filled with what is shown there: ids as ids, rows as links. */
export function Sentence({
  text,
  parts,
}: {
  readonly text: string;
  readonly parts: Readonly<Record<string, ReactNode>>;
}) {
  return text.split(/\{([\w-]+)\}/).map((piece, index) => {
    // Every second piece is the name of a place.
    const shown = index % 2 === 0 ? piece : parts[piece];
    // biome-ignore lint/suspicious/noArrayIndexKey: the pieces of a text do not move
    return <Fragment key={index}>{shown}</Fragment>;
  });
}
