import { useQuery } from '@tanstack/react-query';
import { useTranslations } from 'use-intl';
import { optionsQuery } from './queries';
import styles from './strategies.module.css';
import { useOptionText } from './useOptionText';

type Options = Record<string, string>;

type Props = { keys: readonly string[]; before: Options; after: Options };

/** Options before and after, in words. */
export function DiffTable({ keys, before, after }: Props) {
  const t = useTranslations('strategies');
  const text = useOptionText();
  const { data: options } = useQuery(optionsQuery);
  const shown = (key: string, value: string | undefined) => {
    if (value === undefined || value === '') return t('notSet');
    const option = options?.find((o) => o.key === key);
    return option === undefined ? value : text.value(option, value);
  };
  return (
    <table className={styles.changes}>
      <thead>
        <tr>
          <th scope="col">{t('option')}</th>
          <th scope="col">{t('before')}</th>
          <th scope="col">{t('after')}</th>
        </tr>
      </thead>
      <tbody>
        {keys.map((key) => (
          <tr key={key}>
            <th scope="row">{text.label(key)}</th>
            <td>{(before[key] ?? '') === (after[key] ?? '') ? shown(key, before[key]) : <del>{shown(key, before[key])}</del>}</td>
            <td>{shown(key, after[key])}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
