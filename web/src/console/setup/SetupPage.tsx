import { IconCheck, IconCircle } from '@tabler/icons-react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { useTranslations } from 'use-intl';
import { meQuery, readMe } from '../../api/me';
import { setupSteps } from '../../api/setupSteps';
import { Bare } from '../../ui/Bare';
import { Empty } from '../../ui/Empty';
import { AccessStep } from './AccessStep';
import { AddressStep } from './AddressStep';
import { AdminStep } from './AdminStep';
import { DeviceStep } from './DeviceStep';
import { ImportStep } from './ImportStep';
import { MailStep } from './MailStep';
import { setupQuery } from './queries';
import { RelayStep } from './RelayStep';
import styles from './SetupPage.module.css';
import { startQuery } from '../../api/start';

/** The first run, step by step. How far it got is kept on the server. */
export function SetupPage() {
  const t = useTranslations('setup');
  const client = useQueryClient();
  const navigate = useNavigate();
  const start = useQuery(startQuery);
  const isFresh = start.data?.setup;
  const me = useQuery({ ...meQuery, enabled: isFresh === false });
  const setup = useQuery({ ...setupQuery, enabled: me.data?.is_admin === true });
  const [shown, setShown] = useState<number | null>(null);

  useEffect(() => {
    document.title = t('title');
  }, [t]);
  const mustSignIn = isFresh === false && me.isError;
  useEffect(() => {
    if (mustSignIn) void navigate({ to: '/sign-in', search: { to: '/setup' }, replace: true });
  }, [mustSignIn, navigate]);

  const isReading = isFresh === false && setup.data === undefined && me.data?.is_admin !== false;
  if (isFresh === undefined || mustSignIn || isReading) return null;
  const reached = isFresh ? 1 : (setup.data?.step ?? 0);
  if (reached === 0) {
    return (
      <Bare name={start.data?.server_name ?? 'Hawser'}>
        <Empty title={t('over')} text={t('overText')} action={<a href="./">{t('home')}</a>} />
      </Bare>
    );
  }

  const now = shown ?? reached;
  const step = setupSteps[now - 1];
  const done = async (next: number) => {
    setShown(null);
    await client.invalidateQueries({ queryKey: ['me'] });
    if (next === 0) await navigate({ to: '/' });
  };
  const made = async () => {
    client.setQueryData(['me'], await readMe());
    await client.invalidateQueries({ queryKey: ['start'] });
  };

  return (
    <Bare name={start.data?.server_name ?? 'Hawser'} isWide>
      <div className={styles.wizard}>
        <ol className={styles.steps}>
          {setupSteps.map((name, index) => {
            const number = index + 1;
            const isDone = number < reached;
            return (
              <li key={name} aria-current={number === now ? 'step' : undefined} className={styles.step}>
                {isDone ? <IconCheck size={18} aria-hidden /> : <IconCircle size={18} aria-hidden />}
                {isDone && number > 1 ? (
                  <button type="button" className={styles.back} onClick={() => setShown(number)}>
                    {t(`steps.${name}`)}
                  </button>
                ) : (
                  <span>{t(`steps.${name}`)}</span>
                )}
                {isDone ? <span className="visually-hidden">{t('done')}</span> : null}
              </li>
            );
          })}
        </ol>
        <section className={styles.card}>
          {step === 'you' ? <AdminStep onDone={() => void made()} /> : null}
          {setup.data !== undefined && step === 'address' ? <AddressStep state={setup.data} onDone={(n) => void done(n)} /> : null}
          {setup.data !== undefined && step === 'access' ? <AccessStep state={setup.data} onDone={(n) => void done(n)} /> : null}
          {setup.data !== undefined && step === 'relay' ? <RelayStep onDone={(n) => void done(n)} /> : null}
          {setup.data !== undefined && step === 'mail' ? <MailStep state={setup.data} onDone={(n) => void done(n)} /> : null}
          {setup.data !== undefined && step === 'import' ? <ImportStep onDone={(n) => void done(n)} /> : null}
          {setup.data !== undefined && step === 'device' ? <DeviceStep onDone={(n) => void done(n)} /> : null}
        </section>
      </div>
    </Bare>
  );
}
