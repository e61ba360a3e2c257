import { useNavigate } from '@tanstack/react-router';
import type { Answer, Column } from '../../api/ask-sql.ts';
import { Select } from '../../components/select.tsx';
import { texts } from '../../texts/texts.ts';
import { type ResultView, resultViews } from './result-views.ts';
import styles from './run-bar.module.css';

interface Props {
  readonly answer: Answer;
  readonly view: ResultView;
  readonly across: Column | null;
  readonly numbers: readonly Column[];
  readonly up: readonly Column[];
}

const optionsOf = (columns: readonly Column[]) => columns.map(({ name }) => ({ value: name, label: name }));

/** What came back, and how it is shown. */
export function ResultBar({ answer, view, across, numbers, up }: Props) {
  const navigate = useNavigate({ from: '/e/$environment/sql' });
  const { elapsed = 0, rows_read = 0 } = answer.statistics ?? {};
  const toggle = (name: string, on: boolean) => {
    const y = numbers
      .map((column) => column.name)
      .filter((other) => (other === name ? on : up.some((one) => one.name === other)));
    void navigate({ search: (now) => ({ ...now, y }), replace: true });
  };
  return (
    <div className={styles.bar}>
      <span role="status">
        {texts.sql.rows(answer.data.length, elapsed)}, {texts.sql.read(rows_read)}
      </span>
      <span className={styles.space} />
      <Select
        label={texts.sql.views.label}
        value={view}
        options={resultViews.map((name) => ({ value: name, label: texts.sql.views[name] }))}
        onChange={({ target }) =>
          void navigate({ search: (now) => ({ ...now, view: target.value as ResultView }), replace: true })
        }
      />
      {view !== 'table' && across !== null && (
        <>
          <Select
            labelled
            label={texts.sql.x}
            value={across.name}
            options={optionsOf(answer.meta)}
            onChange={({ target }) => void navigate({ search: (now) => ({ ...now, x: target.value }), replace: true })}
          />
          <fieldset className={styles.choices}>
            <legend className="visually-hidden">{texts.sql.y}</legend>
            {numbers.map(({ name }) => (
              <label key={name}>
                <input
                  type="checkbox"
                  checked={up.some((one) => one.name === name)}
                  onChange={({ target }) => toggle(name, target.checked)}
                />
                {name}
              </label>
            ))}
          </fieldset>
        </>
      )}
    </div>
  );
}
