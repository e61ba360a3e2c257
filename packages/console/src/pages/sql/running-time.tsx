import { useEffect, useState } from 'react';
import { texts } from '../../texts/texts.ts';

/** Seconds since it is shown. */
export function RunningTime() {
  const [seconds, setSeconds] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => setSeconds((now) => now + 1), 1_000);
    return () => clearInterval(timer);
  }, []);
  return <span role="status">{texts.sql.running(seconds)}</span>;
}
