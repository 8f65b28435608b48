import { Alert, SegmentedControl, Select, TextInput } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { memo, type ReactNode } from 'react';
import { useTranslations } from 'use-intl';
import { letsIn } from './addresses';
import { complaintOf, isList } from './check';
import { ListField } from './ListField';
import { ownAddressQuery, type Option } from './queries';
import styles from './strategies.module.css';
import { useOptionText } from './useOptionText';

type Props = {
  option: Option;
  /** Empty: not set. */
  value: string;
  isChanged: boolean;
  isReadOnly: boolean;
  onChange: (key: string, value: string) => void;
};

/** One option: its name, what it does, and the control of its kind. A fleet of them is on the page, hence memo. */
export const OptionField = memo(function OptionField({ option, value, isChanged, isReadOnly, onChange }: Props) {
  const t = useTranslations('strategies');
  const text = useOptionText();
  const id = `option-${option.key}`;
  const usual = option.default === '' ? null : text.value(option, option.default);
  return (
    <div className={styles.option} data-set={value !== ''} data-changed={isChanged}>
      <div className={styles.words}>
        <span id={id} className={styles.label}>
          {text.label(option.key)}
        </span>
        <span className={styles.help}>{text.help(option.key)}</span>
        <span className={styles.meta}>
          <code className="mono">{option.key}</code>
          {usual === null ? null : <span>{t('usual', { value: usual })}</span>}
          {option.since === '' ? null : <span>{t('since', { version: option.since })}</span>}
        </span>
        {value !== '' && option.warning !== '' ? (
          <Alert variant="light" color="orange" icon={<IconAlertTriangle size={18} aria-hidden />} className={styles.warning ?? ''}>
            {text.warning(option)}
          </Alert>
        ) : null}
        {option.key === 'whitelist' ? <OwnAddress list={value} /> : null}
      </div>
      <div className={styles.control}>
        <Control option={option} value={value} id={id} isReadOnly={isReadOnly} onChange={onChange} />
      </div>
    </div>
  );
});

function Control({ option, value, id, isReadOnly, onChange }: Omit<Props, 'isChanged'> & { id: string }): ReactNode {
  const t = useTranslations('strategies');
  const text = useOptionText();
  const set = (next: string | null) => onChange(option.key, next ?? '');
  if (option.kind === 'yes_no' || option.kind === 'yes') {
    const words = option.kind === 'yes' ? ['', 'Y'] : ['', 'Y', 'N'];
    return (
      <SegmentedControl
        aria-labelledby={id}
        disabled={isReadOnly}
        data={words.map((word) => ({ value: word, label: word === '' ? t('clientDecides') : text.value(option, word) }))}
        value={value}
        onChange={set}
      />
    );
  }
  if (option.kind === 'choice') {
    return (
      <Select
        aria-labelledby={id}
        placeholder={t('notSet')}
        disabled={isReadOnly}
        clearable
        clearButtonProps={{ 'aria-label': t('unset', { name: text.label(option.key) }) }}
        data={option.choices.map((word) => ({ value: word, label: text.value(option, word) }))}
        value={value === '' ? null : value}
        onChange={set}
      />
    );
  }
  if (isList(option)) return <ListField option={option} value={value} id={id} isReadOnly={isReadOnly} onChange={set} />;
  const wrong = complaintOf(option.kind, value);
  return (
    <TextInput
      aria-labelledby={id}
      placeholder={t('notSet')}
      disabled={isReadOnly}
      inputMode={option.kind === 'port' || option.kind === 'minutes' ? 'numeric' : 'text'}
      description={option.kind === 'port' ? t('portRange') : option.kind === 'minutes' ? t('minutesRange') : undefined}
      inputWrapperOrder={['input', 'description', 'error']}
      className={option.kind === 'text' ? undefined : 'mono'}
      maxLength={4096}
      error={wrong === null ? undefined : t(`wrong.${wrong}`)}
      value={value}
      onChange={(e) => set(e.currentTarget.value)}
    />
  );
}

function OwnAddress({ list }: { list: string }) {
  const t = useTranslations('strategies');
  const { data: address = '' } = useQuery(ownAddressQuery);
  if (letsIn(list, address)) return null;
  return (
    <Alert variant="light" color="red" role="alert" icon={<IconAlertTriangle size={18} aria-hidden />}>
      {t('shutOut', { address })}
    </Alert>
  );
}
