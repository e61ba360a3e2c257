import { useEffect, useRef } from 'react';
import 'uplot/dist/uPlot.min.css';
import type { Answer, Column } from '../../api/ask-sql.ts';
import { useTimeZone } from '../../preferences/time-zone.ts';
import { useShownTheme } from '../../preferences/use-shown-theme.ts';
import { texts } from '../../texts/texts.ts';
import { chartData } from './chart-data.ts';
import { drawChart } from './draw-chart.ts';
import styles from './result-chart.module.css';

interface Props {
  readonly answer: Answer;
  readonly across: Column;
  readonly up: readonly Column[];
  readonly kind: 'line' | 'bar';
}

/** The same rows, drawn. Who can't see it has the table. */
export function ResultChart({ answer, across, up, kind }: Props) {
  const host = useRef<HTMLDivElement>(null);
  const theme = useShownTheme();
  const timeZone = useTimeZone();
  const names = up.map(({ name }) => name).join(', ');

  // biome-ignore lint/correctness/useExhaustiveDependencies: the colours are those of the theme
  useEffect(() => {
    const data = chartData(answer, across, up);
    return drawChart(host.current!, data, { names: up.map(({ name }) => name), across: across.name, kind, timeZone });
  }, [answer, across, up, kind, timeZone, theme]);

  return <div ref={host} role="img" aria-label={texts.sql.chart(names, across.name)} className={styles.chart} />;
}
