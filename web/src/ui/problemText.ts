import { useTranslations } from 'use-intl';
import { Problem } from '../api/problem';

/** The words of a refusal: ours for codes we know, the server's sentence for others. */
export function useProblemText(): (error: unknown) => string {
  const t = useTranslations('problems');
  return (error) => {
    if (!(error instanceof Problem)) return t('unknown');
    if (t.has(error.code)) return t(error.code, { seconds: error.seconds });
    return error.detail === '' ? t('unknown') : error.detail;
  };
}

/** The errors of a form's fields, as its words; empty when the refusal names none. */
export function useFieldErrors(): (error: unknown) => Record<string, string> {
  const t = useTranslations('problems');
  return (error) => {
    if (!(error instanceof Problem)) return {};
    return Object.fromEntries(
      error.fields.map((f) => [f.field, t.has(f.code) ? t(f.code, { seconds: error.seconds }) : f.detail]),
    );
  };
}
