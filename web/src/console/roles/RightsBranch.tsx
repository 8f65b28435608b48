import { Checkbox, UnstyledButton } from '@mantine/core';
import { IconChevronDown, IconChevronRight } from '@tabler/icons-react';
import { useId, useState } from 'react';
import { useTranslations } from 'use-intl';
import { withRight, withRights, type AdminRight } from './adminQueries';
import styles from './roles.module.css';

type Props = {
  subject: string;
  /** All there are, and those of this subject. */
  all: readonly AdminRight[];
  rights: readonly AdminRight[];
  value: readonly string[];
  onChange: (value: string[]) => void;
};

/** The rights about one subject under a box for all of them; what includes another stands under that. */
export function RightsBranch({ subject, all, rights, value, onChange }: Props) {
  const t = useTranslations('adminRoles');
  const id = useId();
  const [isOpen, setOpen] = useState(true);
  const names = rights.map((right) => right.name);
  const count = names.filter((name) => value.includes(name)).length;
  const title = t.has(`subjects.${subject}`) ? t(`subjects.${subject}`) : subject;
  // To see comes with all the others: they are its branches.
  const root = rights.find((right) => rights.some((other) => other !== right && other.includes === right.name));
  const box = (right: AdminRight) => {
    const key = right.name.replace('.', '_');
    return (
      <Checkbox
        key={right.name}
        label={t.has(`rights.${key}`) ? t(`rights.${key}`) : right.about}
        description={t.has(['help', key].join('.')) ? t(`help.${key}`) : undefined}
        checked={value.includes(right.name)}
        onChange={(e) => onChange(withRight(value, all, right.name, e.currentTarget.checked))}
      />
    );
  };
  return (
    <div className={styles.subject} role="group" aria-label={title}>
      <div className={styles.branch}>
        <UnstyledButton
          className={styles.fold ?? ''}
          aria-expanded={isOpen}
          aria-controls={id}
          aria-label={t(isOpen ? 'fold' : 'unfold', { subject: title })}
          onClick={() => setOpen(!isOpen)}
        >
          {isOpen ? <IconChevronDown size={18} aria-hidden /> : <IconChevronRight size={18} aria-hidden />}
        </UnstyledButton>
        <Checkbox
          aria-label={t('allOf', { subject: title })}
          label={title}
          checked={count === names.length}
          indeterminate={count > 0 && count < names.length}
          onChange={() => onChange(withRights(value, all, names, count < names.length))}
        />
        <span className={styles.count}>{t('someOf', { count, all: names.length })}</span>
      </div>
      <div id={id} className={styles.leaves} hidden={!isOpen}>
        {root === undefined ? null : box(root)}
        <div className={root === undefined ? styles.rights : `${styles.rights ?? ''} ${styles.beneath ?? ''}`}>
          {rights.filter((right) => right !== root).map(box)}
        </div>
      </div>
    </div>
  );
}
