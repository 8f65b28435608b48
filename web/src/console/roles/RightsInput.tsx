import { useTranslations } from 'use-intl';
import type { AdminRight, AdminType } from './adminQueries';
import { RightsBranch } from './RightsBranch';
import styles from './roles.module.css';

type Props = {
  all: readonly AdminRight[];
  type: AdminType;
  value: readonly string[];
  onChange: (value: string[]) => void;
};

/** The rights as a tree, by subject; what a type can't have is absent. */
export function RightsInput({ all, type, value, onChange }: Props) {
  const t = useTranslations('adminRoles');
  const offered = all.filter((right) => right.types.includes(type));
  const subjects = [...new Set(offered.map((right) => subjectOf(right.name)))];
  return (
    <div className={styles.subjects}>
      <p className={styles.hint}>{t('mayText')}</p>
      {subjects.map((subject) => (
        <RightsBranch
          key={subject}
          subject={subject}
          all={all}
          rights={offered.filter((right) => subjectOf(right.name) === subject)}
          value={value}
          onChange={onChange}
        />
      ))}
    </div>
  );
}

const subjectOf = (name: string) => name.slice(0, name.indexOf('.'));
