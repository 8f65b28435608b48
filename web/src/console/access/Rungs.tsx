import { IconArrowRight, IconCheck, IconClock, IconMinus, IconQuestionMark, IconX } from '@tabler/icons-react';
import { useTranslations } from 'use-intl';
import styles from './access.module.css';
import type { Explanation, RungState } from './queries';

const icons: Record<RungState, typeof IconCheck> = {
  passed: IconCheck,
  no: IconX,
  closed: IconClock,
  decides: IconArrowRight,
  not_reached: IconMinus,
  not_used: IconMinus,
  unknown: IconQuestionMark,
};

/** The questions in the order in which the server asks them, and what became of each. */
export function Rungs({ found }: { found: Explanation }) {
  const t = useTranslations('access');
  return (
    <ol className={styles.ladder}>
      {found.rungs.map(({ step, state }) => {
        const Icon = icons[state];
        return (
          <li key={step} className={styles.rung} data-state={state}>
            <Icon size={20} aria-hidden />
            <span className={styles.step}>{t(`steps.${step}`)}</span>
            <span className={styles.outcome}>
              {state === 'decides' ? t(found.allowed ? 'decidesYes' : 'decidesNo') : t(`outcomes.${state}`)}
            </span>
          </li>
        );
      })}
    </ol>
  );
}
