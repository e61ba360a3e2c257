import { Popover } from '@base-ui/react/popover';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import { Button } from '../../components/button.tsx';
import { TextField } from '../../components/text-field.tsx';
import { tell } from '../../components/toast-manager.ts';
import { useEnvironment } from '../../shell/use-environment.ts';
import { texts } from '../../texts/texts.ts';
import { chartOf } from './chart-of.ts';
import { answerQuery } from './queries.ts';
import styles from './save-form.module.css';
import { changeQuery, type SavedQuery, savedQueries, saveQuery } from './saved.ts';

/** Saves the statement and how it is shown: over the saved query that it began as, or as a new one. */
export function SaveForm({ sql, savedId }: { readonly sql: string; readonly savedId: string | null }) {
  const environment = useEnvironment();
  const search = useSearch({ from: '/e/$environment/sql' });
  const navigate = useNavigate({ from: '/e/$environment/sql' });
  const saved = useQuery(savedQueries(environment)).data?.find(({ id }) => id === savedId) ?? null;
  const answer = useQueryClient().getQueryData(answerQuery(environment, search.sql ?? '').queryKey);
  const [open, setOpen] = useState(false);
  const [written, setWritten] = useState<string | null>(null);
  const name = written ?? saved?.name ?? '';

  const save = useMutation({
    mutationFn: (over: SavedQuery | null) => {
      const draft = { name: name.trim(), sql, chart: chartOf(search, answer) };
      return over === null ? saveQuery(environment, draft) : changeQuery(environment, over, draft);
    },
    onSuccess: (query) => {
      setOpen(false);
      tell({ title: texts.sql.savedNow(query.name) });
      void navigate({ search: (now) => ({ ...now, saved: query.id }), replace: true });
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (name.trim() !== '') save.mutate(saved);
  };

  return (
    <Popover.Root open={open} onOpenChange={setOpen}>
      <Popover.Trigger render={<Button disabled={sql.trim() === ''} />}>{texts.sql.save}</Popover.Trigger>
      <Popover.Portal>
        <Popover.Positioner sideOffset={4} align="end" className={styles.positioner}>
          <Popover.Popup className={styles.popup} aria-label={texts.sql.save}>
            <form onSubmit={submit} className={styles.form}>
              <TextField
                label={texts.sql.name}
                value={name}
                error={save.error?.message ?? null}
                onChange={({ target }) => setWritten(target.value)}
              />
              <div className={styles.buttons}>
                <Button type="submit" look="primary" disabled={save.isPending}>
                  {texts.sql.save}
                </Button>
                {saved !== null && (
                  <Button disabled={save.isPending} onClick={() => save.mutate(null)}>
                    {texts.sql.saveNew}
                  </Button>
                )}
              </div>
            </form>
          </Popover.Popup>
        </Popover.Positioner>
      </Popover.Portal>
    </Popover.Root>
  );
}
