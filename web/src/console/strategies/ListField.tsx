import { Textarea } from '@mantine/core';
import { useState } from 'react';
import { useTranslations } from 'use-intl';
import { linesOf, wrongLines } from './check';
import type { Option } from './queries';

type Props = { option: Option; value: string; id: string; isReadOnly: boolean; onChange: (value: string) => void };

/** A list, one entry a line; what is no entry is named with its line. */
export function ListField({ option, value, id, isReadOnly, onChange }: Props) {
  const t = useTranslations('strategies');
  // What is being typed has empty lines that the value has not; it is shown as long as it means the value.
  const [typed, setTyped] = useState('');
  const shown = linesOf(typed).join() === value ? typed : linesOf(value).join('\n');
  const wrong = wrongLines(option, value);
  return (
    <Textarea
      aria-labelledby={id}
      placeholder={t('notSet')}
      disabled={isReadOnly}
      autosize
      minRows={2}
      maxRows={10}
      className="mono"
      maxLength={4096}
      description={t('onePerLine')}
      inputWrapperOrder={['input', 'description', 'error']}
      error={wrong[0] === undefined ? undefined : t('wrongLine', { number: wrong[0].number, text: wrong[0].text, count: wrong.length - 1 })}
      value={shown}
      onChange={(e) => {
        setTyped(e.currentTarget.value);
        onChange(linesOf(e.currentTarget.value).join());
      }}
    />
  );
}
