import { IconCircleCheck, IconCircleX } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useTranslations } from 'use-intl';
import { Card, Facts } from '../../ui/Card';
import { groupedId } from '../../ui/groupedId';
import styles from './access.module.css';
import { Permissions } from './Permissions';
import type { Explanation } from './queries';
import { Rungs } from './Rungs';
import { useEndText } from './useEndText';

/** Whether somebody may connect, what decided it, and what may be done then. */
export function Verdict({ found }: { found: Explanation }) {
  const t = useTranslations('access');
  const end = useEndText();
  const who = found.user === '' ? t('nobodySignedIn') : found.user;
  const Icon = found.allowed ? IconCircleCheck : IconCircleX;
  return (
    <>
      <section className={styles.verdict} data-allowed={found.allowed} aria-live="polite">
        <h2 className={styles.headline}>
          <Icon size={24} aria-hidden />
          {t(found.allowed ? 'mayReach' : 'mayNotReach', { user: who, device: groupedId(found.device) })}
        </h2>
        <span>{t(`reasons.${found.reason}`)}</span>
      </section>
      <div className={styles.columns}>
        <Card title={t('ladder')}>
          <Rungs found={found} />
        </Card>
        <Card title={t('facts')}>
          <Facts
            items={[
              [t('person'), found.user === '' ? who : `${found.user}${found.is_admin ? ` (${t('administrator')})` : ''}`],
              [t('userGroup'), found.user_group ?? t('none')],
              [
                t('device'),
                <Link key="d" to="/devices/$id" params={{ id: found.device }}>
                  {groupedId(found.device)}
                </Link>,
              ],
              [t('deviceState'), found.device_enabled ? t('on') : t('off')],
              [t('owner'), found.device_owner ?? t('none')],
              [t('deviceGroups'), found.device_groups.join(', ') || t('none')],
              ...(found.allowed ? [[t('role'), found.control_role ?? t('ownRole')] as const] : []),
            ]}
          />
        </Card>
      </div>
      {found.allowed ? <Permissions sent={found.permissions ?? {}} /> : null}
      {found.rules_about_the_device.length === 0 ? null : (
        <Card title={t('rulesAbout')}>
          <ul className={styles.facts}>
            {found.rules_about_the_device.map((rule) => (
              <li key={rule.guid}>
                {rule.name === '' ? null : <strong>{rule.name}: </strong>}
                {t('ruleWords', {
                  who: end.subject({ kind: rule.for_kind, name: rule.for_name ?? null }),
                  what: end.target({ kind: rule.opens_kind, name: rule.opens_kind === 'device' ? found.device : (rule.opens_name ?? null) }),
                })}
                {rule.hours === undefined ? null : ` · ${rule.hours}`}
                {rule.open_then ? null : ` · ${t('closedThen')}`}
                {rule.problem === undefined ? null : ` · ${rule.problem}`}
              </li>
            ))}
          </ul>
        </Card>
      )}
    </>
  );
}
