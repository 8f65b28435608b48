import { Checkbox, TextInput } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useMemo, useRef, useState } from 'react';
import { useTranslations } from 'use-intl';
import { can, useMe } from '../../api/me';
import { Card } from '../../ui/Card';
import { Empty } from '../../ui/Empty';
import { useKeys } from '../../ui/keys';
import { SaveBar } from '../../ui/SaveBar';
import { letsIn } from './addresses';
import { addressKeys, categoryNames, notOffered, optionsOf } from './categories';
import { complaintOf, wrongLines } from './check';
import { OptionField } from './OptionField';
import { optionsQuery, ownAddressQuery, previewQuery, type Option, type Strategy } from './queries';
import { ReviewChanges } from './ReviewChanges';
import { ServerWarning } from './ServerWarning';
import styles from './strategies.module.css';
import { useDraft } from './useDraft';
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
  useKeys({ '/': () => box.current?.focus() });
  const { data: options = none } = useQuery(optionsQuery);
  const { data: reach } = useQuery(previewQuery({ strategy: strategy.guid }));
  const { data: address = '' } = useQuery(ownAddressQuery);
  const { draft, base, set, discard } = useDraft(strategy);
  const [isUnderstood, setUnderstood] = useState(false);
  const [isReviewing, setReviewing] = useState(false);
  const mayEdit = can(me, 'strategies.edit');
  const stored = base.values;
  const changed = [...new Set([...Object.keys(draft), ...Object.keys(stored)])].filter(
    (key) => (draft[key] ?? '') !== (stored[key] ?? ''),
  );
  const known = useMemo(() => new Map(options.map((o) => [o.key, o])), [options]);
  const isWrong = Object.entries(draft).some(([key, value]) => {
    const option = known.get(key);
    return option !== undefined && (complaintOf(option.kind, value) !== null || (value !== stored[key] && wrongLines(option, value).length > 0));
  });
  const isShutOut = changed.includes('whitelist') && !letsIn(draft.whitelist ?? '', address);
  const go = (change: Record<string, string>) =>
    void navigate({
      to: '.',
      search: Object.fromEntries(Object.entries({ ...search, ...change }).filter(([, v]) => v !== '')),
      replace: true,
    });
  const words = q.toLowerCase().split(/\s+/).filter((w) => w !== '');
  const isShown = (o: Option) => {
    if (notOffered.includes(o.key) && (draft[o.key] ?? stored[o.key] ?? '') === '') return false;
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
      <p className={styles.text}>{t('unsetHelp')}</p>
      {options.length > 0 && groups.length === 0 ? (
        <Empty title={l('nothing')} text={isOnlySet ? t('nothingSet') : l('nothingText')} />
      ) : null}
      {groups.map(({ name, found }) => (
        <Card key={name} title={t(`categories.${name}`)} isFlush>
          {name === 'server' ? <ServerWarning isUnderstood={isUnderstood} isReadOnly={!mayEdit} onChange={setUnderstood} /> : null}
          {found.map((option) => (
            <OptionField
              key={option.key}
              option={option}
              value={draft[option.key] ?? ''}
              isChanged={changed.includes(option.key)}
              isReadOnly={!mayEdit || (addressKeys.includes(option.key) && !isUnderstood)}
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
        within={`/strategies/${strategy.guid}`}
        onDiscard={discard}
        onSave={() => {
          if (!isWrong) setReviewing(true);
        }}
      />
      {isReviewing ? (
        <ReviewChanges
          strategy={strategy}
          base={base}
          draft={draft}
          changed={changed}
          onStored={discard}
          onClose={() => setReviewing(false)}
        />
      ) : null}
    </>
  );
}
