import styles from './environment-name.module.css';

/** The environment, in its colour: named in every confirmation. `boxed`: it stands on another colour. */
export function EnvironmentName({ environment, boxed }: { readonly environment: string; readonly boxed: boolean }) {
  return (
    <strong className={boxed ? `${styles.name} ${styles.boxed}` : styles.name} data-environment={environment}>
      {environment}
    </strong>
  );
}
