import { Button } from '@mantine/core';
import { useState, type KeyboardEvent, type PointerEvent } from 'react';
import { useTranslations } from 'use-intl';
import styles from './charts.module.css';
import { ChartTable } from './ChartTable';
import { areaPath, linePath, moved, niceTop, type Values } from './lines';

export type Lane = { name: string; values: Values; format: (value: number) => string };

type Props = {
  label: string;
  /** One under the other over the same time: what has its own unit has its own axis. */
  lanes: readonly Lane[];
  count: number;
  timeOf: (index: number) => string;
};

const ticks = [0, 0.25, 0.5, 0.75, 1] as const;

/** Lines over time, each from zero, with one cursor for mouse, finger and keys; and the same as a table. */
export function LineChart({ label, lanes, count, timeOf }: Props) {
  const t = useTranslations('common');
  const [cursor, setCursor] = useState<number | null>(null);
  const [isTable, setTable] = useState(false);
  const last = count - 1;
  const at = Math.min(cursor ?? newest(lanes, last), last);
  const told = (lane: Lane) => {
    const value = lane.values[at] ?? null;
    return value === null ? t('chart.gap') : lane.format(value);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const next = moved(event.key, at, count);
    if (next === null) return;
    event.preventDefault();
    setCursor(next);
  };
  const onPointerMove = (event: PointerEvent<HTMLDivElement>) => {
    const box = event.currentTarget.getBoundingClientRect();
    const share = (event.clientX - box.left) / Math.max(1, box.width);
    setCursor(Math.round(Math.min(1, Math.max(0, share)) * last));
  };
  return (
    <div>
      <div className={styles.bar}>
        <span className={styles.moment}>{timeOf(at)}</span>
        <Button size="xs" variant="default" aria-pressed={isTable} onClick={() => setTable(!isTable)}>
          {isTable ? t('chart.asLines') : t('chart.asTable')}
        </Button>
      </div>
      {isTable ? (
        <ChartTable label={label} lanes={lanes} count={count} timeOf={timeOf} />
      ) : (
        <div
          className={styles.chart}
          role="slider"
          tabIndex={0}
          aria-label={label}
          aria-valuemin={0}
          aria-valuemax={last}
          aria-valuenow={at}
          aria-valuetext={[timeOf(at), ...lanes.map((lane) => `${lane.name}: ${told(lane)}`)].join(', ')}
          onKeyDown={onKeyDown}
          onBlur={() => setCursor(null)}
        >
          <div className={styles.lanes} onPointerMove={onPointerMove} onPointerDown={onPointerMove} onPointerLeave={() => setCursor(null)}>
            {lanes.map((lane, i) => (
              <LaneLines key={lane.name} lane={lane} tone={i + 1} told={told(lane)} />
            ))}
            <div className={styles.cursor} style={{ insetInlineStart: `${(100 * at) / Math.max(1, last)}%` }} hidden={cursor === null} />
          </div>
          <div className={styles.times} aria-hidden>
            {ticks.map((share) => (
              <span key={share}>{timeOf(Math.round(share * last))}</span>
            ))}
          </div>
        </div>
      )}
    </div>
  );
}

/** The last step that anything is known of. */
function newest(lanes: readonly Lane[], last: number): number {
  for (let i = last; i >= 0; i--) if (lanes.some((lane) => (lane.values[i] ?? null) !== null)) return i;
  return last;
}

function LaneLines({ lane, tone, told }: { lane: Lane; tone: number; told: string }) {
  const top = niceTop(lane.values);
  const box = { viewBox: `0 0 ${Math.max(1, lane.values.length - 1)} 100`, preserveAspectRatio: 'none' } as const;
  return (
    <div className={styles.lane} data-tone={tone}>
      <div className={styles.laneHead}>
        <span className={styles.laneName}>{lane.name}</span>
        <strong className={styles.told}>{told}</strong>
        <span className={styles.top}>{lane.format(top)}</span>
      </div>
      <svg className={styles.lines} aria-hidden focusable="false" {...box}>
        <path className={styles.area ?? ''} d={areaPath(lane.values, top)} />
        <path className={styles.line ?? ''} d={linePath(lane.values, top)} />
      </svg>
    </div>
  );
}
