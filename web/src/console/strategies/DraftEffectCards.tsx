import { Link } from '@tanstack/react-router';
import { useTranslations } from 'use-intl';
import { Card } from '../../ui/Card';
import { groupedId } from '../../ui/groupedId';
import { DiffTable } from './DiffTable';
import type { DraftEffect, Strategy } from './queries';
import { differences } from './rollouts';
import styles from './strategies.module.css';
import { useOptionText } from './useOptionText';

type Props = { strategy: Strategy; effect: DraftEffect; isOne: boolean };

const optionsOf = (effect: DraftEffect, side: 'before' | 'after') =>
  Object.fromEntries(effect.options.flatMap((o) => (o[side] === null ? [] : [[o.key, o[side]]])));

/** What a draft does: the values before and after, who is too old for some of them, and who is under a stronger strategy. */
export function DraftEffectCards({ strategy, effect, isOne }: Props) {
  const t = useTranslations('strategies');
  const text = useOptionText();
  const [before, after] = [optionsOf(effect, 'before'), optionsOf(effect, 'after')];
  const changed = differences(before, after);
  const isSame = (key: string) => !changed.includes(key);
  const nameOf = ({ id, name }: { id: string; name: string }) => [name, groupedId(id)].filter((part) => part !== '').join(' · ');
  const verdict = !strategy.enabled
    ? t('preview.disabled')
    : isOne
      ? t(effect.governed > 0 ? 'preview.isUnder' : effect.shadowed_count > 0 ? 'preview.isShadowed' : 'preview.isNot', { name: strategy.name })
      : t('preview.counts', { governed: effect.governed, devices: effect.devices, shadowed: effect.shadowed_count, old: effect.too_old_count });
  const device = (id: string, words: string) => (
    <Link className={styles.link} to="/devices/$id/policy" params={{ id }}>
      {words}
    </Link>
  );
  return (
    <>
      <p role="status">{verdict}</p>
      <Card title={t('preview.values', { count: changed.length })}>
        {effect.options.length === 0 ? (
          <p className={styles.text}>{t('noOptions')}</p>
        ) : (
          <DiffTable keys={[...changed, ...effect.options.map((o) => o.key).filter(isSame)]} before={before} after={after} />
        )}
      </Card>
      {effect.too_old_count === 0 ? null : (
        <Card title={t('preview.old', { count: effect.too_old_count })}>
          <p className={styles.text}>{t('preview.oldText')}</p>
          <ul className={styles.versions}>
            {effect.too_old.map((row) => (
              <li key={row.id} className={styles.words}>
                {device(row.id, nameOf(row))}
                <span className={styles.help}>
                  {row.version} · {row.keys.map((key) => text.label(key)).join(', ')}
                </span>
              </li>
            ))}
          </ul>
        </Card>
      )}
      {effect.shadowed_count === 0 ? null : (
        <Card title={t('preview.shadowed', { count: effect.shadowed_count })}>
          <p className={styles.text}>{t('precedence')}</p>
          <ul className={styles.versions}>
            {effect.shadowed.map((row) => (
              <li key={row.id} className={styles.words}>
                {device(row.id, nameOf(row))}
                <span className={styles.help}>
                  {t('preview.strongerBy', { name: row.strategy_name })}{' '}
                  {t(`preview.levels.${row.level}`, { name: row.level === 'device' ? groupedId(row.target) : row.target })}
                </span>
              </li>
            ))}
          </ul>
        </Card>
      )}
      {effect.too_old_count > effect.too_old.length || effect.shadowed_count > effect.shadowed.length ? (
        <p className={styles.text}>{t('preview.first')}</p>
      ) : null}
    </>
  );
}
