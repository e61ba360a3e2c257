import { type FormEvent, useId, useMemo } from 'react';
import { shownText } from '../../../characters.ts';
import { texts } from '../../../texts/texts.ts';
import field from '../field.module.css';
import type { PersonEvent } from '../queries.ts';
import { useChangeSearch, usePersonSearch } from '../search.ts';
import styles from './timeline.module.css';

/** One event's name, or all. Those read so far are proposed. */
export function EventFilter({ events }: { readonly events: readonly PersonEvent[] }) {
  const { event = '' } = usePersonSearch();
  const change = useChangeSearch();
  const list = useId();
  const names = useMemo(() => [...new Set(events.map((one) => one.event))].sort(), [events]);
  const words = texts.person.timeline;
  const submit = (submitted: FormEvent<HTMLFormElement>) => {
    submitted.preventDefault();
    change({ event: String(new FormData(submitted.currentTarget).get('event') ?? '') || undefined, open: undefined });
  };
  return (
    <form className={styles.filter} onSubmit={submit}>
      <input
        // Another name in the address is another field: what is typed into it is its own.
        key={event}
        type="search"
        className={field.narrow}
        name="event"
        list={list}
        aria-label={words.filter}
        placeholder={words.filter}
        defaultValue={event}
        onChange={({ currentTarget }) => {
          if (currentTarget.value === '' || names.includes(currentTarget.value)) currentTarget.form?.requestSubmit();
        }}
      />
      <datalist id={list}>
        {names.map((name) => (
          <option key={name} value={name} label={shownText(name)} />
        ))}
      </datalist>
    </form>
  );
}
