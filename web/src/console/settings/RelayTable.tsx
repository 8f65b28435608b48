import { IconAlertTriangle, IconBan, IconCircleCheck, IconClockPause } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { useMemo } from 'react';
import { useFormatter, useTranslations } from 'use-intl';
import { RelayOutcome } from '../../entities/RelayOutcome';
import { CopyValue } from '../../ui/CopyValue';
import { DataTable, type Column } from '../../ui/DataTable/DataTable';
import { FormError } from '../../ui/FormError';
import { Sparkline } from '../../ui/charts/Sparkline';
import { Status } from '../../ui/Status';
import { RelayActions } from './RelayActions';
import { tryRelay, type Relay } from '../../api/relays';
import styles from './settings.module.css';
import { useMbit } from './useMbit';

const noSort = () => undefined;
const states = {
  healthy: { tone: 'ok', icon: IconCircleCheck },
  degraded: { tone: 'warn', icon: IconAlertTriangle },
  draining: { tone: 'warn', icon: IconClockPause },
  down: { tone: 'bad', icon: IconAlertTriangle },
  disabled: { tone: 'neutral', icon: IconBan },
} as const;

/** Relays beside the own one: how they are, what they carry, and what can be done with them. */
export function RelayTable({ relays }: { relays: readonly Relay[] | undefined }) {
  const t = useTranslations('settings');
  const format = useFormatter();
  const mbit = useMbit();
  const trial = useMutation({ mutationFn: tryRelay });
  const columns = useMemo<Column<Relay>[]>(
    () => [
      { id: 'address', header: t('relay.address'), card: 'title', cell: (r) => (
          <>
            {r.name === '' ? null : <span className={styles.name}>{r.name} </span>}
            <CopyValue value={r.address} label={t('relay.address')} />
          </>
        ),
      },
      { id: 'source', header: t('relay.source'), card: 'line', cell: (r) => t(`relay.sources.${r.source}`) },
      { id: 'state', header: t('relay.state'), card: 'state', cell: (r) => <RelayState relay={r} /> },
      { id: 'latency', header: t('relay.latency'), card: 'line', cell: (r) => <Latency values={r.latencies} /> },
      { id: 'pairs', header: t('relay.pairs'), isNumber: true, card: 'line', cell: (r) => format.number(r.pairs) },
      { id: 'rate', header: t('relay.rate'), isNumber: true, card: 'line', cell: (r) => mbit(r.bytes_per_second) },
    ],
    [t, format, mbit],
  );
  return (
    <>
      <FormError error={trial.error} />
      {trial.data === undefined ? null : <RelayOutcome address={trial.variables.address} trial={trial.data} />}
      <DataTable
        label={t('pages.relays')}
        columns={columns}
        rows={relays}
        keyOf={(r) => r.address}
        nameOf={(r) => r.address}
        sort=""
        onSort={noSort}
        actions={(r) => <RelayActions relay={r} isTrying={trial.isPending && trial.variables.address === r.address} onTry={() => trial.mutate(r)} />}
      />
    </>
  );
}

function RelayState({ relay }: { relay: Relay }) {
  const t = useTranslations('settings');
  // Switched off, but not yet empty.
  const state = relay.state === 'disabled' && relay.pairs > 0 ? 'draining' : relay.state;
  const known = Object.hasOwn(states, state) ? (state as keyof typeof states) : 'down';
  return <Status tone={states[known].tone} icon={states[known].icon} word={t(`relay.states.${known}`)} />;
}

function Latency({ values }: { values: readonly (number | null)[] }) {
  const t = useTranslations('settings');
  const last = values.at(-1);
  if (last === undefined) return <span className={styles.sub}>{t('relay.notAsked')}</span>;
  const missed = values.filter((v) => v === null).length;
  return (
    <span className={styles.latency}>
      <Sparkline values={values} label={t('relay.latencies', { count: values.length, missed, most: Math.max(0, ...values.map((v) => v ?? 0)) })} />
      {last === null ? t('relay.missed') : t('relay.ms', { ms: last })}
    </span>
  );
}
