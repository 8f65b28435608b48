import { Alert, Button } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useTranslations } from 'use-intl';
import { Facts } from '../../ui/Card';
import { useProblemText } from '../../ui/problemText';
import { complain } from '../../ui/toast';
import { testProvider, tryProvider, type Provider, type ProviderReply } from './providers';
import styles from './settings.module.css';

/** Asks a provider what it publishes, and signs in with it for a try, in a window of its own. */
export function ProviderTrials({ provider }: { provider: Provider }) {
  const t = useTranslations('settings');
  const textOf = useProblemText();
  const onError = (problem: unknown) => complain(textOf(problem));
  const test = useMutation({ mutationFn: () => testProvider(provider.name), onError });
  const trial = useMutation({
    // The window is opened by the press itself: browsers hold back one that comes later.
    mutationFn: async (to: Window | null) => {
      const { url } = await tryProvider(provider.name).catch((problem: unknown) => {
        to?.close();
        throw problem;
      });
      if (to === null) window.location.assign(url);
      else to.location.replace(url);
    },
    onError,
  });
  return (
    <>
      <Button variant="default" aria-label={t('provider.testOf', { name: provider.name })} loading={test.isPending} onClick={() => test.mutate()}>
        {t('provider.test')}
      </Button>
      <Button
        variant="default"
        aria-label={t('provider.tryOf', { name: provider.name })}
        loading={trial.isPending}
        onClick={() => trial.mutate(window.open('about:blank', '_blank'))}
      >
        {t('provider.try')}
      </Button>
      {test.data === undefined ? null : <Outcome name={provider.name} reply={test.data} />}
    </>
  );
}

function Outcome({ name, reply }: { name: string; reply: ProviderReply }) {
  const t = useTranslations('settings');
  return (
    <div role="status" className={styles.wide}>
      <Alert color={reply.ok ? 'blue' : 'red'} variant="light">
        {reply.ok ? t(reply.published ? 'provider.publishes' : 'provider.plain', { name }) : reply.complaint}
      </Alert>
      {reply.ok ? (
        <Facts
          items={[
            ...(reply.published ? ([[t('provider.issuer'), reply.issuer]] as const) : []),
            [t('provider.authorize'), reply.authorize],
            [t('provider.token'), reply.token],
            [t('provider.user'), reply.user === '' ? '–' : reply.user],
            ...(reply.published ? ([[t('provider.keys'), String(reply.keys)]] as const) : []),
          ]}
        />
      ) : null}
    </div>
  );
}
