import styles from './environment-name.module.css';

/** The environment, in its colour: named in every confirmation. */
export function EnvironmentName({ environment }: { readonly environment: string }) {
  return (
    <strong className={styles.name} data-environment={environment}>
      {environment}
    </strong>
  );
}
