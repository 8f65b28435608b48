import { Alert, Button, Radio, Stack } from '@mantine/core';
import { useState, type SyntheticEvent } from 'react';
import { useTranslations } from 'use-intl';
import { numberOf } from '../../api/setupSteps';
import { useProblemText } from '../../ui/problemText';
import type { SetupState } from './queries';
import styles from './SetupPage.module.css';
import { useStep } from './useStep';

type Props = { state: SetupState; onDone: (next: number) => void };

/** Who may connect, and which devices may register. */
export function AccessStep({ state, onDone }: Props) {
  const t = useTranslations('setup');
  const textOf = useProblemText();
  const { save, skip } = useStep('access', onDone);
  // The safer answer first, as long as nobody has been here.
  const [login, setLogin] = useState(state.step > numberOf('access') ? state.access.login_required : true);
  const [deployment, setDeployment] = useState(state.access.deployment_required);
  // Whoever was here chose; before that, what is safer.
  const [factor, setFactor] = useState(state.step > numberOf('access') ? state.access.second_factor : 'administrators');
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    save.mutate({ login_required: login, deployment_required: deployment, second_factor: factor });
  };
  return (
    <form className={styles.form} onSubmit={submit}>
      <h1 className={styles.title}>{t('access.title')}</h1>
      {save.error === null ? null : (
        <Alert color="red" variant="light" role="alert">
          {textOf(save.error)}
        </Alert>
      )}
      <Radio.Group label={t('access.who')} value={login ? 'people' : 'key'} onChange={(v) => setLogin(v === 'people')}>
        <Stack gap="xs" mt="xs">
          <Radio value="people" label={t('access.people')} description={t('access.peopleHelp')} />
          <Radio value="key" label={t('access.key')} description={t('access.keyHelp')} />
        </Stack>
      </Radio.Group>
      <Radio.Group
        label={t('access.devices')}
        value={deployment ? 'deploy' : 'free'}
        onChange={(v) => setDeployment(v === 'deploy')}
      >
        <Stack gap="xs" mt="xs">
          <Radio value="free" label={t('access.free')} description={t('access.freeHelp')} />
          <Radio value="deploy" label={t('access.deploy')} description={t('access.deployHelp')} />
        </Stack>
      </Radio.Group>
      <Radio.Group label={t('access.factor')} description={t('access.factorHelp')} value={factor} onChange={setFactor}>
        <Stack gap="xs" mt="xs">
          {(['nobody', 'administrators', 'everybody'] as const).map((who) => (
            <Radio key={who} value={who} label={t(`access.factorOf.${who}`)} />
          ))}
        </Stack>
      </Radio.Group>
      <div className={styles.buttons}>
        <Button type="submit" loading={save.isPending}>
          {t('next')}
        </Button>
        <Button variant="subtle" loading={skip.isPending} onClick={() => skip.mutate()}>
          {t('skip')}
        </Button>
      </div>
    </form>
  );
}
