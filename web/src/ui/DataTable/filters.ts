export type FilterOption = { value: string; label: string; count?: number | undefined };

/** Something a list can be narrowed by. */
export type Filter = {
  key: string;
  label: string;
  options: readonly FilterOption[];
  /** Any text may be asked for, besides the options. */
  isText?: boolean;
  /** One day or some days may be asked for, besides the options. */
  isDays?: boolean;
  /** Comes by links only: shown where it is on, and not offered. */
  isHidden?: boolean;
  /** What a value is called that is none of the options. */
  wordOf?: (value: string) => string;
};
