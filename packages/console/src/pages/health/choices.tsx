import styles from './keys.module.css';

interface Props {
  readonly title: string;
  readonly all: readonly string[];
  readonly chosen: readonly string[];
  readonly onChange: (chosen: readonly string[]) => void;
}

/** Some of a few. */
export function Choices({ title, all, chosen, onChange }: Props) {
  return (
    <fieldset className={styles.choices}>
      <legend>{title}</legend>
      {all.map((name) => (
        <label key={name}>
          <input
            type="checkbox"
            checked={chosen.includes(name)}
            onChange={({ target }) =>
              onChange(all.filter((other) => (other === name ? target.checked : chosen.includes(other))))
            }
          />
          {name}
        </label>
      ))}
    </fieldset>
  );
}
