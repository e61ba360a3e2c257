import { useRouteContext, useRouter } from '@tanstack/react-router';
import { Select } from '../components/select.tsx';
import { texts } from '../texts/texts.ts';
import styles from './environment-select.module.css';
import { useEnvironment } from './use-environment.ts';

/** Which world this is. Another one begins at its people: an id here says nothing there. */
export function EnvironmentSelect() {
  const environment = useEnvironment();
  const { session } = useRouteContext({ from: '/e/$environment' });
  const router = useRouter();
  return (
    <div className={styles.select}>
      <Select
        label={texts.shell.environment}
        value={environment}
        options={session.key.environments.map((name) => ({ value: name, label: name }))}
        onChange={({ target }) =>
          void router.navigate({ to: '/e/$environment/people', params: { environment: target.value } })
        }
      />
    </div>
  );
}
