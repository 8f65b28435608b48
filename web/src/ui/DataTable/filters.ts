export type FilterOption = { value: string; label: string; count?: number | undefined };

/** Something a list can be narrowed by. */
export type Filter = {
  key: string;
  label: string;
  options: readonly FilterOption[];
  /** Any text may be asked for, besides the options. */
  isText?: boolean;
};
