import type { Completion, CompletionContext, CompletionSource } from '@codemirror/autocomplete';
import type { Schema } from './queries.ts';

/** All that can be named: views, their columns, keys of properties and traits that were seen (written with their types), names of events. */
export function completionsOf({ views, properties, traits, events }: Schema): readonly Completion[] {
  const columns = new Map<string, Completion>();
  for (const view of views) {
    for (const { name, type, comment } of view.columns) {
      const known = columns.get(name);
      const info = [known?.info, `${view.name}: ${comment}`].filter(Boolean).join('; ');
      columns.set(name, { label: name, detail: type, info, type: 'property' });
    }
  }
  const keys = [...properties.keys, ...traits.keys].map(
    ({ sql, types }): Completion => ({ label: sql, detail: types.join(', '), type: 'property', boost: -1 }),
  );
  return [
    ...views.map(({ name, comment }): Completion => ({ label: name, info: comment, type: 'type', boost: 2 })),
    ...columns.values(),
    ...keys,
    ...events.map(
      ({ event }): Completion => ({
        label: `'${event.replaceAll("'", "\\'")}'`,
        detail: 'event',
        type: 'text',
        boost: -2,
      }),
    ),
  ];
}

const word = /['\w.`%]+$/;

export function completionSource(completions: readonly Completion[]): CompletionSource {
  return (context: CompletionContext) => {
    const before = context.matchBefore(word);
    if (before === null && !context.explicit) return null;
    return { from: before?.from ?? context.pos, options: completions, validFor: /^['\w.`%]*$/ };
  };
}
