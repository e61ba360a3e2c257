import { useNavigate, useSearch } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import { Select } from '../../components/select.tsx';
import { SmallInput } from '../../components/small-input.tsx';
import { texts } from '../../texts/texts.ts';
import styles from './live-page.module.css';
import { type LiveShow, liveShows } from './live-shows.ts';

/** What is followed. A filter holds once it is entered, so that half a name opens no stream. */
export function LiveFilters() {
  const { show = 'both', event = '', id = '' } = useSearch({ from: '/e/$environment/live' });
  const navigate = useNavigate({ from: '/e/$environment/live' });
  const [written, setWritten] = useState({ event, id });
  const submit = (submitted: FormEvent) => {
    submitted.preventDefault();
    void navigate({
      search: (now) => ({ ...now, event: written.event || undefined, id: written.id || undefined }),
      replace: true,
    });
  };
  return (
    <form className={styles.bar} onSubmit={submit}>
      <Select
        label={texts.live.show.label}
        value={show}
        options={liveShows.map((name) => ({ value: name, label: texts.live.show[name] }))}
        onChange={({ target }) =>
          void navigate({ search: (now) => ({ ...now, show: target.value as LiveShow }), replace: true })
        }
      />
      <SmallInput
        label={texts.live.event}
        value={written.event}
        onChange={(value) => setWritten({ ...written, event: value })}
        onLeave={submit}
      />
      <SmallInput
        label={texts.live.id}
        value={written.id}
        onChange={(value) => setWritten({ ...written, id: value })}
        onLeave={submit}
      />
      <input type="submit" className="visually-hidden" tabIndex={-1} aria-hidden="true" />
    </form>
  );
}
