import { Checkbox } from '@mantine/core';
import { useTranslations } from 'use-intl';
import { withRight, type AdminRight, type AdminType } from './adminQueries';
import styles from './roles.module.css';

type Props = {
  all: readonly AdminRight[];
  type: AdminType;
  value: readonly string[];
  onChange: (value: string[]) => void;
};

/** The rights by subject, as a matrix; what a type can't have is absent. */
export function RightsInput({ all, type, value, onChange }: Props) {
  const t = useTranslations('adminRoles');
  const offered = all.filter((right) => right.types.includes(type));
  const subjects = [...new Set(offered.map((right) => subjectOf(right.name)))];
  return (
    <div className={styles.subjects}>
      <p className={styles.hint}>{t('mayText')}</p>
      {subjects.map((subject) => (
        <fieldset key={subject} className={styles.subject}>
          <legend>{t.has(`subjects.${subject}`) ? t(`subjects.${subject}`) : subject}</legend>
          <div className={styles.rights}>
            {offered
              .filter((right) => subjectOf(right.name) === subject)
              .map((right) => {
                const key = right.name.replace('.', '_');
                const help = ['help', key].join('.');
                return (
                  <Checkbox
                    key={right.name}
                    label={t.has(`rights.${key}`) ? t(`rights.${key}`) : right.about}
                    description={t.has(help) ? t(`help.${key}`) : undefined}
                    checked={value.includes(right.name)}
                    onChange={(e) => onChange(withRight(value, all, right.name, e.currentTarget.checked))}
                  />
                );
              })}
          </div>
        </fieldset>
      ))}
    </div>
  );
}

const subjectOf = (name: string) => name.slice(0, name.indexOf('.'));
