import { Checkbox, TextInput } from '@mantine/core';
import { useHotkeys } from '@mantine/hooks';
import { IconSearch } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useCallback, useMemo, useRef, useState } from 'react';
import { useTranslations } from 'use-intl';
import { can, useMe } from '../../api/me';
import { Card } from '../../ui/Card';
import { Empty } from '../../ui/Empty';
import { SaveBar } from '../../ui/SaveBar';
import { letsIn } from './addresses';
import { categoryNames, optionsOf } from './categories';
import { complaintOf } from './check';
import { OptionField } from './OptionField';
import { optionsQuery, ownAddressQuery, previewQuery, type Option, type Strategy } from './queries';
import { ReviewChanges } from './ReviewChanges';
import styles from './strategies.module.css';
import { useOptionText } from './useOptionText';

const none: readonly Option[] = [];

/** Every option that can be pushed, by subject; those that are set stand out, and saving shows what changes first. */
export function OptionsEditor({ strategy }: { strategy: Strategy }) {
  const t = useTranslations('strategies');
  const l = useTranslations('list');
  const me = useMe();
  const text = useOptionText();
  const navigate = useNavigate();
  const search: Record<string, unknown> = useSearch({ strict: false });
  const q = typeof search.q === 'string' ? search.q : '';
  const isOnlySet = search.set === '1';
  const box = useRef<HTMLInputElement>(null);
  useHotkeys([['/', () => box.current?.focus()]]);
  const { data: options = none } = useQuery(optionsQuery);
  const { data: reach } = useQuery(previewQuery({ strategy: strategy.guid }));
  const { data: address = '' } = useQuery(ownAddressQuery);
  const [draft, setDraft] = useState<Record<string, string>>(strategy.config_options);
  const [isReviewing, setReviewing] = useState(false);
  const mayEdit = can(me, 'strategies.edit');
  const set = useCallback((key: string, value: string) => {
    setDraft((before) => {
      const rest = Object.entries(before).filter(([other]) => other !== key);
      return Object.fromEntries(value === '' ? rest : [...rest, [key, value]]);
    });
  }, []);
  const stored = strategy.config_options;
  const changed = [...new Set([...Object.keys(draft), ...Object.keys(stored)])].filter(
    (key) => (draft[key] ?? '') !== (stored[key] ?? ''),
  );
  const kinds = useMemo(() => new Map(options.map((o) => [o.key, o.kind])), [options]);
  const isWrong = Object.entries(draft).some(([key, value]) => complaintOf(kinds.get(key) ?? 'text', value) !== null);
  const isShutOut = changed.includes('whitelist') && !letsIn(draft.whitelist ?? '', address);
  const go = (change: Record<string, string>) =>
    void navigate({
      to: '.',
      search: Object.fromEntries(Object.entries({ ...search, ...change }).filter(([, v]) => v !== '')),
      replace: true,
    });
  const words = q.toLowerCase().split(/\s+/).filter((w) => w !== '');
  const isShown = (o: Option) => {
    if (isOnlySet && (draft[o.key] ?? '') === '' && !changed.includes(o.key)) return false;
    const all = `${o.key} ${text.label(o.key)} ${text.help(o.key)}`.toLowerCase();
    return words.every((word) => all.includes(word));
  };
  const groups = categoryNames
    .map((name) => ({ name, found: optionsOf(name, options).filter(isShown) }))
    .filter(({ found }) => found.length > 0);
  return (
    <>
      <div className={styles.bar} role="search">
        <TextInput
          ref={box}
          className={styles.box ?? ''}
          type="search"
          aria-label={t('searchOptions')}
          placeholder={t('searchOptions')}
          leftSection={<IconSearch size={16} aria-hidden />}
          value={q}
          onChange={(e) => go({ q: e.currentTarget.value })}
        />
        <Checkbox
          label={t('onlySet', { count: Object.keys(draft).length })}
          checked={isOnlySet}
          onChange={(e) => go({ set: e.currentTarget.checked ? '1' : '' })}
        />
        {reach === undefined ? null : <span className={styles.text}>{t('inEffect', { count: reach.now })}</span>}
      </div>
      {options.length > 0 && groups.length === 0 ? (
        <Empty title={l('nothing')} text={isOnlySet ? t('nothingSet') : l('nothingText')} />
      ) : null}
      {groups.map(({ name, found }) => (
        <Card key={name} title={t(`categories.${name}`)} isFlush>
          {found.map((option) => (
            <OptionField
              key={option.key}
              option={option}
              value={draft[option.key] ?? ''}
              isChanged={changed.includes(option.key)}
              isReadOnly={!mayEdit}
              onChange={set}
            />
          ))}
        </Card>
      ))}
      <SaveBar
        count={changed.length}
        action={t('review')}
        isBusy={false}
        hint={isWrong ? t('mendFirst') : isShutOut ? t('shutOut', { address }) : reach === undefined ? undefined : t('toldSoon', { count: reach.now })}
        onDiscard={() => setDraft(stored)}
        onSave={() => {
          if (!isWrong) setReviewing(true);
        }}
      />
      {isReviewing ? (
        <ReviewChanges
          strategy={strategy}
          options={options}
          draft={draft}
          changed={changed}
          isShutOut={isShutOut}
          address={address}
          onClose={() => setReviewing(false)}
        />
      ) : null}
    </>
  );
}
