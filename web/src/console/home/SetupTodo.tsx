import { Link } from '@tanstack/react-router';
import { useTranslations } from 'use-intl';
import { useMe } from '../../api/me';
import { setupSteps, type SetupStep } from '../../api/setupSteps';
import { Card } from '../../ui/Card';
import styles from './HomePage.module.css';

// Where what was passed over can be done later.
const places: Record<SetupStep, string> = {
  you: '/me',
  address: '/settings/clients',
  access: '/settings',
  relay: '/settings/relays',
  mail: '/settings/mail',
  import: '/settings/import',
  device: '/devices',
};

/** What is left of the setup: the way back into it, and the steps that were passed over. */
export function SetupTodo() {
  const t = useTranslations('home');
  const setup = useTranslations('setup');
  const me = useMe();
  return (
    <Card title={t('todo')}>
      {me.setup_step === 0 ? null : <Link to="/setup">{t('goOn')}</Link>}
      {me.setup_skipped.length === 0 ? null : (
        <ul className={styles.todo}>
          {me.setup_skipped.map((number) => {
            const step = setupSteps[number - 1];
            return step === undefined ? null : (
              <li key={step}>
                <Link to={places[step]}>{setup(`steps.${step}`)}</Link>
              </li>
            );
          })}
        </ul>
      )}
    </Card>
  );
}
