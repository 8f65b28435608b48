import { Button } from '@mantine/core';
import { IconAlertTriangle, IconCircleCheck, IconCircleMinus, IconCircleX } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useTranslations } from 'use-intl';
import { ownRelayQuery, relaysQuery, removeRelay, tryRelay, type Relay } from '../../api/relays';
import { AddRelay } from '../../entities/AddRelay';
import { RelayOutcome } from '../../entities/RelayOutcome';
import { ErrorPanel } from '../../ui/ErrorPanel';
import { FormError } from '../../ui/FormError';
import { Status } from '../../ui/Status';
import styles from './SetupPage.module.css';
import { useStep } from './useStep';

/** Which relays carry sessions that find no direct way; each can be tried. */
export function RelayStep({ onDone }: { onDone: (next: number) => void }) {
  const t = useTranslations('setup');
  const { save, skip } = useStep('relay', onDone);
  const own = useQuery(ownRelayQuery);
  const relays = useQuery(relaysQuery);
  const client = useQueryClient();
  const trial = useMutation({ mutationFn: tryRelay });
  const remove = useMutation({
    mutationFn: removeRelay,
    onSuccess: () => {
      trial.reset();
      return client.invalidateQueries({ queryKey: ['relays'] });
    },
  });
  return (
    <>
      <h1 className={styles.title}>{t('relay.title')}</h1>
      <p className={styles.text}>{t('relay.text')}</p>
      {own.error === null ? null : <ErrorPanel error={own.error} onRetry={() => void own.refetch()} />}
      {own.data === undefined ? null : (
        <p className={styles.relay}>
          {!own.data.runs ? (
            <Status tone="neutral" icon={IconCircleMinus} word={t('relay.off')} />
          ) : own.data.healthy ? (
            <Status tone="ok" icon={IconCircleCheck} word={t('relay.on')} />
          ) : (
            <Status tone="bad" icon={IconCircleX} word={t('relay.ill')} />
          )}
          <span>{t(own.data.runs ? 'relay.ownText' : 'relay.noneText')}</span>
        </p>
      )}
      <section className={styles.part}>
        <h2 className={styles.heading}>{t('relay.more')}</h2>
        <p className={styles.text}>{t('relay.moreText')}</p>
        <FormError error={trial.error ?? remove.error} />
        {trial.data === undefined ? null : <RelayOutcome address={trial.variables.address} trial={trial.data} />}
        <ul className={styles.list}>
          {relays.data?.map((relay) => (
            <Line
              key={relay.address}
              relay={relay}
              isRefuted={trial.data !== undefined && !trial.data.ok && trial.variables.address === relay.address}
              isTrying={trial.isPending && trial.variables.address === relay.address}
              onTry={() => trial.mutate(relay)}
              onRemove={() => remove.mutate(relay)}
            />
          ))}
        </ul>
        <AddRelay />
      </section>
      <div className={styles.buttons}>
        <Button loading={save.isPending} onClick={() => save.mutate(null)}>
          {t('goOn')}
        </Button>
        <Button variant="subtle" loading={skip.isPending} onClick={() => skip.mutate()}>
          {t('skip')}
        </Button>
      </div>
    </>
  );
}

type LineProps = { relay: Relay; isRefuted: boolean; isTrying: boolean; onTry: () => void; onRemove: () => void };

function Line({ relay, isRefuted, isTrying, onTry, onRemove }: LineProps) {
  const t = useTranslations('setup.relay');
  // A single one is used whatever it answers, so only a try says how it is.
  const isWell = !isRefuted && (relay.state === 'healthy' || relay.state === 'degraded');
  return (
    <li className={styles.relay}>
      <Status tone={isWell ? 'ok' : 'warn'} icon={isWell ? IconCircleCheck : IconAlertTriangle} word={t(isWell ? 'answers' : 'silent')} />
      <span className={styles.grow}>{relay.name === '' ? relay.address : `${relay.name} (${relay.address})`}</span>
      <Button size="xs" variant="default" aria-label={t('tryOf', { name: relay.address })} loading={isTrying} onClick={onTry}>
        {t('try')}
      </Button>
      {relay.source === 'settings' ? (
        <Button size="xs" variant="default" color="red" aria-label={t('removeOf', { name: relay.address })} onClick={onRemove}>
          {t('remove')}
        </Button>
      ) : null}
    </li>
  );
}
