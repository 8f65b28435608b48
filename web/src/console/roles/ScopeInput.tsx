import { Checkbox, Radio, Stack } from '@mantine/core';
import { useTranslations } from 'use-intl';
import { NamesPicker } from '../../entities/NamesPicker';
import { adminTypes, type AdminDraft, type AdminType } from './adminQueries';

type Props = {
  draft: AdminDraft;
  /** The type is chosen once. */
  isFixed: boolean;
  onType: (type: AdminType) => void;
  onChange: (part: Partial<AdminDraft>) => void;
};

/** Where a role holds: everywhere, for chosen groups, or for the holder's own things. */
export function ScopeInput({ draft, isFixed, onType, onChange }: Props) {
  const t = useTranslations('adminRoles');
  return (
    <Stack gap="md">
      <Radio.Group
        label={t('type')}
        description={isFixed ? t('typeFixed') : undefined}
        value={draft.type}
        onChange={(value) => onType(adminTypes.find((type) => type === value) ?? 'group')}
      >
        <Stack gap="xs" mt="xs">
          {adminTypes.map((type) => (
            <Radio
              key={type}
              value={type}
              disabled={isFixed && type !== draft.type}
              label={t(`types.${type}`)}
              description={t(`typeHelp.${type}`)}
            />
          ))}
        </Stack>
      </Radio.Group>
      {draft.type === 'group' ? (
        <>
          <NamesPicker
            kind="user-groups"
            label={t('addUserGroup')}
            value={draft.user_groups}
            onChange={(names) => onChange({ user_groups: names })}
          />
          <NamesPicker
            kind="device-groups"
            label={t('addDeviceGroup')}
            value={draft.device_groups}
            onChange={(names) => onChange({ device_groups: names })}
          />
          <Checkbox
            label={t('unassignedToo')}
            checked={draft.unassigned}
            onChange={(e) => onChange({ unassigned: e.currentTarget.checked })}
          />
        </>
      ) : null}
    </Stack>
  );
}
