import { Button, Fieldset, Select } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslations } from 'use-intl';
import { GroupDaysRow } from './GroupDaysRow';
import styles from './settings.module.css';
import { groupsQuery, groupDaysOf, type GroupDays as Row } from './storage';
import type { OwnField } from './specs';

/** More than anybody reads; the server takes no more, either. */
const most = 50;

/** Groups of devices whose evidence is kept for other times. */
export function GroupDays({ id, label, help, value, isReadOnly, error, onChange }: OwnField) {
  const t = useTranslations('settings');
  const [text, setText] = useState('');
  const [asked] = useDebouncedValue(text, 150);
  const { data } = useQuery({ ...groupsQuery(asked), placeholderData: keepPreviousData });
  const rows = groupDaysOf(value);
  const free = (data ?? []).filter(({ guid }) => !rows.some((row) => row.group === guid));
  const put = (row: Row) => onChange(rows.map((one) => (one.group === row.group ? row : one)));
  return (
    <Fieldset id={id} tabIndex={-1} legend={label} disabled={isReadOnly}>
      <div className={styles.form}>
        {help === undefined ? null : <p className={styles.text}>{help}</p>}
        {error === undefined ? null : (
          <p role="alert" className={styles.wrong}>
            {error}
          </p>
        )}
        <ul className={styles.list}>
          {rows.map((row) => (
            <GroupDaysRow key={row.group} row={row} onChange={put} onRemove={() => onChange(rows.filter((one) => one !== row))} />
          ))}
        </ul>
        {rows.length >= most ? null : (
          <Select
            label={t('groupDays.add')}
            placeholder={t('groupDays.choose')}
            searchable
            nothingFoundMessage={t('groupDays.nothing')}
            data={free.map(({ guid, name }) => ({ value: guid, label: name }))}
            filter={({ options }) => options}
            value={null}
            searchValue={text}
            onSearchChange={setText}
            onChange={(group) => {
              if (group !== null) onChange([...rows, { group, connection_days: null, file_days: null, alarm_days: null, recording_days: null }]);
              setText('');
            }}
          />
        )}
        {rows.length === 0 || isReadOnly ? null : (
          <div>
            <Button size="compact-sm" variant="subtle" color="red" onClick={() => onChange([])}>
              {t('groupDays.clear')}
            </Button>
          </div>
        )}
      </div>
    </Fieldset>
  );
}
