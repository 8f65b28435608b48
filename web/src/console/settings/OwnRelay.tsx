import { Button, TextInput } from '@mantine/core';
import { IconAlertTriangle, IconCircleCheck } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState, type SyntheticEvent } from 'react';
import { useFormatter, useTranslations } from 'use-intl';
import { Card, Facts } from '../../ui/Card';
import { ErrorPanel } from '../../ui/ErrorPanel';
import { FormError } from '../../ui/FormError';
import { Status } from '../../ui/Status';
import { say } from '../../ui/toast';
import { limitRelay, ownRelayQuery, type Limits, type OwnRelay as Own } from '../../api/relays';
import styles from './settings.module.css';
import { useMbit } from './useMbit';

const keys = ['single', 'total', 'slowed'] as const;

/** The relay within this server: what it carries, and what it lets through. */
export function OwnRelay() {
  const t = useTranslations('settings');
  const format = useFormatter();
  const mbit = useMbit();
  const { data, error, refetch } = useQuery(ownRelayQuery);
  if (error !== null) return <ErrorPanel error={error} onRetry={() => void refetch()} />;
  if (data === undefined || !data.runs) return null;
  return (
    <Card title={t('cards.ownRelay')}>
      <Facts
        items={[
          [
            t('relay.state'),
            data.healthy ? (
              <Status key="state" tone="ok" icon={IconCircleCheck} word={t('relay.states.healthy')} />
            ) : (
              <Status key="state" tone="bad" icon={IconAlertTriangle} word={t('relay.states.down')} />
            ),
          ],
          [t('relay.pairs'), format.number(data.pairs)],
          [t('relay.rate'), mbit(data.bytes_per_second)],
        ]}
      />
      <LimitForm key={JSON.stringify(data.set)} own={data} />
    </Card>
  );
}

const textOf = (value: number | null | undefined) => (typeof value === 'number' ? String(value) : '');

function LimitForm({ own }: { own: Own }) {
  const t = useTranslations('settings');
  const client = useQueryClient();
  const [draft, setDraft] = useState(() => Object.fromEntries(keys.map((key) => [key, textOf(own.set[key])])) as Record<(typeof keys)[number], string>);
  const save = useMutation({
    mutationFn: () => limitRelay(Object.fromEntries(keys.map((key) => [key, draft[key] === '' ? null : Number(draft[key])])) as Limits),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ownRelayQuery.queryKey });
      say(t('relay.limitsSet'));
    },
  });
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    save.mutate();
  };
  return (
    <form className={styles.form} onSubmit={submit}>
      <p className={styles.text}>{t('relay.limitsText')}</p>
      <FormError error={save.error} />
      {keys.map((key) => (
        <TextInput
          key={key}
          type="number"
          step="any"
          min={key === 'slowed' ? 0.001 : 0}
          label={t(`relay.limits.${key}.label`)}
          description={t(`relay.limits.${key}.help`)}
          placeholder={own.set[key] === null || own.set[key] === undefined ? t('relay.limitOf', { limit: textOf(own.limits[key]) }) : ''}
          value={draft[key]}
          onChange={(e) => setDraft({ ...draft, [key]: e.currentTarget.value })}
        />
      ))}
      <div>
        <Button type="submit" variant="default" loading={save.isPending}>
          {t('relay.setLimits')}
        </Button>
      </div>
    </form>
  );
}
