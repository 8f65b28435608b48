import { Checkbox, Skeleton, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useLocation } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslations } from 'use-intl';
import { Card } from '../../ui/Card';
import { ErrorPanel } from '../../ui/ErrorPanel';
import { matching, optionsQuery } from './options';
import { OptionRows } from './OptionRows';
import { SettingsPage } from './SettingsPage';

/** All that this server was started with, and where it was written; an address may name one option. */
export function OptionsPage() {
  const { hash } = useLocation();
  return <Options key={hash} named={hash.startsWith('option-') ? hash.slice('option-'.length) : ''} />;
}

function Options({ named }: { named: string }) {
  const t = useTranslations('settings');
  const [word, setWord] = useState(named);
  const [isSet, setIsSet] = useState(false);
  const { data, error, refetch } = useQuery(optionsQuery);
  const shown = matching(data ?? [], word).filter((o) => !isSet || o.source !== 'default');
  return (
    <SettingsPage page="options" lead={t('optionsText')}>
      {error === null ? null : <ErrorPanel error={error} onRetry={() => void refetch()} />}
      <Card>
        <TextInput label={t('option.find')} value={word} onChange={(e) => setWord(e.currentTarget.value)} />
        <Checkbox label={t('option.onlySet')} checked={isSet} onChange={(e) => setIsSet(e.currentTarget.checked)} />
        {data === undefined && error === null ? <Skeleton height={240} /> : null}
        <p role="status">{t('option.found', { count: shown.length })}</p>
        <OptionRows options={shown} />
      </Card>
    </SettingsPage>
  );
}
