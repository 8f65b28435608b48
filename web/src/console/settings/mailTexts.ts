import { queryOptions } from '@tanstack/react-query';
import { call } from '../../api/client';

export type MailWords = { subject: string; body: string };

/** A mail as it is written, with made-up values; its words with placeholders. */
export type MailText = MailWords & { notice: string; language: 'en' | 'zh'; words: MailWords; is_own: boolean; placeholders: string[] };

const path = '/api/mail/texts';

const pathOf = ({ notice, language }: MailText) => `${path}/${notice}/${language}`;

export const textsQuery = queryOptions({
  queryKey: ['mail-texts'],
  queryFn: ({ signal }) => call<MailText[]>('GET', path, { signal }),
});

export const previewText = (text: MailText, words: MailWords, signal: AbortSignal) =>
  call<MailText>('POST', `${pathOf(text)}/preview`, { body: words, signal });
export const changeText = (text: MailText, words: MailWords) => call<MailText>('PUT', pathOf(text), { body: words });
export const resetText = (text: MailText) => call<MailText>('DELETE', pathOf(text));
