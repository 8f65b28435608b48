import { Popover, UnstyledButton } from '@mantine/core';
import { useState } from 'react';
import { useTranslations } from 'use-intl';
import styles from './books.module.css';
import { argbOf, cssOf } from './queries';

/** As clients keep them: 32 bits, the first eight for how opaque. */
const presets = {
  red: 0xff_e5_39_35, pink: 0xff_d8_1b_60, purple: 0xff_8e_24_aa, indigo: 0xff_39_49_ab, blue: 0xff_1e_88_e5, cyan: 0xff_00_ac_c1,
  teal: 0xff_00_89_7b, green: 0xff_43_a0_47, yellow: 0xff_fd_d8_35, orange: 0xff_fb_8c_00, brown: 0xff_6d_4c_41, grey: 0xff_54_6e_7a,
} as const;

type Props = { label: string; value: number; onChange: (argb: number) => void };

/** A colour of twelve, or any other. */
export function Colour({ label, value, onChange }: Props) {
  const t = useTranslations('books');
  const [isOpen, setOpen] = useState(false);
  const choose = (argb: number) => {
    setOpen(false);
    if (argb !== value) onChange(argb);
  };
  return (
    <Popover opened={isOpen} onChange={setOpen} position="bottom-start" shadow="md" trapFocus returnFocus withinPortal={false}>
      <Popover.Target>
        <UnstyledButton className={styles.colour ?? ''} aria-label={label} title={label} style={{ background: cssOf(value) }} onClick={() => setOpen(!isOpen)} />
      </Popover.Target>
      <Popover.Dropdown aria-label={label}>
        <div className={styles.swatches}>
          {(Object.keys(presets) as (keyof typeof presets)[]).map((name) => (
            <UnstyledButton
              key={name}
              className={styles.colour ?? ''}
              aria-label={t(`colours.${name}`)}
              title={t(`colours.${name}`)}
              aria-pressed={presets[name] === value}
              style={{ background: cssOf(presets[name]) }}
              onClick={() => choose(presets[name])}
            />
          ))}
        </div>
        <Custom value={value} onChange={choose} />
      </Popover.Dropdown>
    </Popover>
  );
}

// The browser's own picker; told when it is closed, not at each step on the way.
function Custom({ value, onChange }: Omit<Props, 'label'>) {
  const t = useTranslations('books');
  const [now, setNow] = useState(cssOf(value));
  return (
    <label className={styles.custom}>
      <input type="color" value={now} onChange={(e) => setNow(e.currentTarget.value)} onBlur={() => now !== cssOf(value) && onChange(argbOf(now))} />
      {t('colours.custom')}
    </label>
  );
}
