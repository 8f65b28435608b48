import { Alert, Button, PasswordInput, TextInput } from '@mantine/core';
import { IconAlertTriangle, IconCircleCheck } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslations } from 'use-intl';
import { Facts } from '../../ui/Card';
import { FormError } from '../../ui/FormError';
import { Status } from '../../ui/Status';
import { testDirectory, type DirectoryReply, type Values } from './queries';
import styles from './settings.module.css';

/** Tries the directory with what stands in the form, saved or not, and says how each step went. */
export function DirectoryTest({ values }: { values: Values }) {
  const t = useTranslations('settings');
  const [login, setLogin] = useState('');
  const [password, setPassword] = useState('');
  const test = useMutation({ mutationFn: () => testDirectory(values, login, password) });
  return (
    <section className={styles.aside}>
      <h3>{t('directoryTest.title')}</h3>
      <p className={styles.text}>{t('directoryTest.text')}</p>
      <FormError error={test.error} />
      <div className={styles.row}>
        <TextInput
          className={styles.grow ?? ''}
          label={t('directoryTest.login')}
          autoComplete="off"
          value={login}
          onChange={(e) => setLogin(e.currentTarget.value)}
        />
        <PasswordInput
          className={styles.grow ?? ''}
          label={t('directoryTest.password')}
          autoComplete="new-password"
          visibilityToggleButtonProps={{ 'aria-label': t('reveal'), tabIndex: 0 }}
          value={password}
          onChange={(e) => setPassword(e.currentTarget.value)}
        />
        <Button variant="default" loading={test.isPending} onClick={() => test.mutate()}>
          {t('directoryTest.try')}
        </Button>
      </div>
      {test.data === undefined ? null : <Outcome reply={test.data} />}
    </section>
  );
}

function Outcome({ reply }: { reply: DirectoryReply }) {
  const t = useTranslations('settings');
  const { person } = reply;
  return (
    <div role="status">
      <Alert color={reply.ok ? 'blue' : 'red'} variant="light">
        {t(reply.ok ? 'directoryTest.good' : 'directoryTest.bad')}
      </Alert>
      <ul className={styles.list}>
        {reply.steps.map((step) => (
          <li key={step.name} className={styles.item}>
            <Status
              tone={step.ok ? 'ok' : 'bad'}
              icon={step.ok ? IconCircleCheck : IconAlertTriangle}
              word={t(step.ok ? 'directoryTest.worked' : 'directoryTest.failed')}
            />
            <span className={styles.grow}>
              <span className={styles.name}>
                {t.has(`directoryTest.steps.${step.name}`) ? t(`directoryTest.steps.${step.name}`) : step.name}
              </span>
              <span className={styles.sub}>{step.detail}</span>
            </span>
            <span className={styles.sub}>{t('directoryTest.took', { ms: step.ms })}</span>
          </li>
        ))}
      </ul>
      {person === undefined || person === null ? null : (
        <Facts
          items={[
            [t('directoryTest.dn'), <span key="dn" className="mono">{person.dn}</span>],
            [t('directoryTest.account'), person.login],
            [t('directoryTest.name'), person.display_name],
            [t('directoryTest.mail'), person.email],
            [t('directoryTest.groups'), person.groups.join(', ')],
          ]}
        />
      )}
    </div>
  );
}
