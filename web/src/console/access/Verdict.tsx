import { IconArrowRight, IconCircleCheck, IconCircleX, IconMinus } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useTranslations } from 'use-intl';
import { Card, Facts } from '../../ui/Card';
import { groupedId } from '../../ui/groupedId';
import { Status } from '../../ui/Status';
import styles from './access.module.css';
import { ladderOf } from './ladder';
import type { Explanation } from './queries';
import { useEndText } from './useEndText';

/** Whether somebody may connect, what decided it, and what may be done then. */
export function Verdict({ found }: { found: Explanation }) {
  const t = useTranslations('access');
  const p = useTranslations('permissions');
  const end = useEndText();
  const who = found.user === '' ? t('nobodySignedIn') : found.user;
  const Icon = found.allowed ? IconCircleCheck : IconCircleX;
  const permissions = Object.entries(found.permissions ?? {});
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
          <ol className={styles.ladder}>
            {ladderOf(found).map((step) => (
              <li key={step.reason} className={styles.rung} data-decides={step.decides}>
                {step.decides ? <IconArrowRight size={20} aria-hidden /> : <IconMinus size={20} aria-hidden />}
                <span>
                  {t(`steps.${step.reason}`)}
                  {step.decides ? <strong> {t(found.allowed ? 'decidesYes' : 'decidesNo')}</strong> : null}
                </span>
              </li>
            ))}
          </ol>
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
          {permissions.length === 0 ? null : (
            <ul className={styles.permissions} aria-label={t('permissionsThen')}>
              {permissions.map(([name, state]) => (
                <li key={name}>
                  <Status
                    tone={state === 'allow' ? 'ok' : 'bad'}
                    icon={state === 'allow' ? IconCircleCheck : IconCircleX}
                    word={`${p(`names.${name}`)}: ${p(`states.${state}`)}`}
                  />
                </li>
              ))}
            </ul>
          )}
        </Card>
      </div>
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
