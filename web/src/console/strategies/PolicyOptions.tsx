import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslations } from 'use-intl';
import { groupedId } from '../../ui/groupedId';
import { optionsQuery, type Policy } from './queries';
import styles from './strategies.module.css';
import { useOptionText } from './useOptionText';

/** Every option in effect on a device: its value, where that comes from, since which client, and whether it is there. */
export function PolicyOptions({ policy }: { policy: Policy }) {
  const t = useTranslations('strategies');
  const text = useOptionText();
  const { data: options = [] } = useQuery(optionsQuery);
  const winner = policy.rungs[0];
  const source =
    winner === undefined ? null : (
      <>
        <Link className={styles.link} to="/strategies/$guid" params={{ guid: winner.strategy }}>
          {winner.name}
        </Link>{' '}
        {t(`preview.levels.${winner.level}`, { name: winner.level === 'device' ? groupedId(winner.target) : winner.target })}
        {policy.rollout ? ` · ${t('rollout.title')}` : null}
      </>
    );
  return (
    <table className={styles.changes}>
      <thead>
        <tr>
          <th scope="col">{t('option')}</th>
          <th scope="col">{t('value')}</th>
          <th scope="col">{t('source')}</th>
          <th scope="col">{t('delivery')}</th>
        </tr>
      </thead>
      <tbody>
        {Object.entries(policy.options).map(([key, value]) => {
          const option = options.find((o) => o.key === key);
          return (
            <tr key={key}>
              <th scope="row">
                {text.label(key)} <code className="mono">{key}</code>
                {option === undefined || option.since === '' ? null : (
                  <span className={styles.help}> {t('since', { version: option.since })}</span>
                )}
              </th>
              <td>
                <strong>{option === undefined ? value : text.value(option, value)}</strong>
              </td>
              <td>{source}</td>
              <td>{policy.too_old.includes(key) ? t('preview.tooOld') : t(`deliveryWords.${policy.delivery}`)}</td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
