import { useFormatter } from 'use-intl';

const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const;

/** Sizes in decimal units, as they are printed on disks. */
export function useBytes(): (bytes: number) => string {
  const format = useFormatter();
  return (bytes) => {
    let step = 0;
    let value = bytes;
    while (value >= 1000 && step < units.length - 1) {
      value /= 1000;
      step += 1;
    }
    return format.number(value, {
      style: 'unit',
      unit: units[step] ?? 'byte',
      unitDisplay: step === 0 ? 'narrow' : 'short',
      maximumFractionDigits: value < 10 && step > 0 ? 1 : 0,
    });
  };
}
