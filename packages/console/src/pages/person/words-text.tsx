import { PersonLink } from '../../components/person-link.tsx';
import type { Words } from '../../texts/person.ts';

/** A sentence whose ids lead to their people. */
export function WordsText({ words }: { readonly words: Words }) {
  return words.map((word, index) =>
    // biome-ignore lint/suspicious/noArrayIndexKey: words of a sentence have their place and nothing else
    typeof word === 'string' ? word : <PersonLink key={index} id={word.id} max={32} />,
  );
}
