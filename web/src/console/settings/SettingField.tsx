import { Checkbox, PasswordInput, Select, TagsInput, Textarea, TextInput } from '@mantine/core';
import { useTranslations } from 'use-intl';
import { NamePicker } from '../../entities/NamePicker';
import { GroupMappings } from './GroupMappings';
import type { GroupMapping } from './providers';
import { fieldId, type Spec } from './specs';

type Props = {
  setting: string;
  spec: Spec;
  value: unknown;
  /** Of a secret: there is one. */
  isSet: boolean;
  isReadOnly: boolean;
  error: string | undefined;
  onChange: (value: unknown) => void;
};

const textOf = (value: unknown) => (typeof value === 'string' || typeof value === 'number' ? String(value) : '');
const listOf = (value: unknown) => (Array.isArray(value) ? value.filter((v): v is string => typeof v === 'string') : []);

const mappingsOf = (value: unknown) => (Array.isArray(value) ? (value as GroupMapping[]) : []);

/** One member of a setting, by its kind. */
export function SettingField({ setting, spec, value, isSet, isReadOnly, error, onChange }: Props) {
  const t = useTranslations('settings');
  const path = `${setting}.${spec.key.replaceAll('.', '_')}`;
  const help = [path, 'help'].join('.');
  const common = {
    id: fieldId(setting, spec.key),
    label: t([path, 'label'].join('.')),
    description: t.has(help) ? t(help) : undefined,
    error,
    disabled: isReadOnly,
  };
  switch (spec.kind) {
    case 'flag':
      return <Checkbox {...common} checked={value === true} onChange={(e) => onChange(e.currentTarget.checked)} />;
    case 'number':
      return (
        <TextInput
          {...common}
          type="number"
          min={spec.min}
          max={spec.max}
          value={textOf(value)}
          onChange={(e) => onChange(Math.min(spec.max, Math.max(spec.min, Math.trunc(Number(e.currentTarget.value)) || spec.min)))}
        />
      );
    case 'choice':
      return (
        <Select
          {...common}
          allowDeselect={false}
          data={spec.options.map((option) => ({ value: option, label: t(`${path}.options.${option}`) }))}
          value={textOf(value)}
          onChange={onChange}
        />
      );
    case 'list':
      return (
        <TagsInput
          {...common}
          clearButtonProps={{ 'aria-label': t('clear', { what: common.label }) }}
          value={listOf(value)}
          onChange={onChange}
        />
      );
    case 'mappings':
      return <GroupMappings isOfRoles={spec.key === 'adminRoles'} value={mappingsOf(value)} isReadOnly={isReadOnly} error={error} onChange={onChange} />;
    case 'userGroup':
      return <NamePicker {...common} kind="user-groups" value={textOf(value)} onChange={onChange} />;
    case 'secret':
      return (
        <PasswordInput
          {...common}
          description={isSet ? t('secretSet') : common.description}
          autoComplete="new-password"
          visibilityToggleButtonProps={{ 'aria-label': t('reveal'), tabIndex: 0 }}
          value={textOf(value)}
          onChange={(e) => onChange(e.currentTarget.value)}
        />
      );
    case 'long':
      return (
        <Textarea {...common} rows={3} classNames={{ input: 'mono' }} value={textOf(value)} onChange={(e) => onChange(e.currentTarget.value)} />
      );
    case 'own':
      return (
        <spec.field
          id={common.id}
          label={common.label}
          help={common.description}
          value={value}
          isReadOnly={isReadOnly}
          error={error}
          onChange={onChange}
        />
      );
    case 'text':
      return <TextInput {...common} autoComplete="off" value={textOf(value)} onChange={(e) => onChange(e.currentTarget.value)} />;
  }
}
