import { useState } from 'react';
import { apiUrl } from '../../../api/client.ts';
import { useEnvironment } from '../../../shell/use-environment.ts';
import { texts } from '../../../texts/texts.ts';
import { CallStep } from './call-step.tsx';
import { callNames, curlOf, keyVariable } from './calls.ts';
import { KeyForCalls } from './key-for-calls.tsx';
import styles from './steps.module.css';
import { useArrivals } from './use-arrivals.ts';

const { first } = texts.find;
const serverUrl = (): string => location.origin + apiUrl('/').replace(/\/$/, '');

export function Steps() {
  const environment = useEnvironment();
  const arrivals = useArrivals(environment);
  // Shown once: it is nowhere else, and gone with the page.
  const [secret, setSecret] = useState<string | null>(null);
  const isOver = arrivals !== undefined && callNames.every((name) => arrivals[name]);
  if (arrivals === undefined) return null;
  return (
    <section className={styles.steps}>
      <h2>{first.title}</h2>
      <p className={styles.hint}>{isOver ? first.done : first.hint}</p>
      {!isOver && <KeyForCalls onMade={setSecret} />}
      <ol className={styles.list}>
        {callNames.map((name) => (
          <CallStep
            key={name}
            name={name}
            hasArrived={arrivals[name]}
            curl={curlOf(name, { url: serverUrl(), environment, key: secret ?? keyVariable })}
          />
        ))}
      </ol>
    </section>
  );
}
