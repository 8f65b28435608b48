import { Alert } from '@mantine/core';
import { useProblemText } from './problemText';

/** Why a form was not taken; nothing when it was. */
export function FormError({ error }: { error: unknown }) {
  const textOf = useProblemText();
  if (error === null || error === undefined) return null;
  return (
    <Alert color="red" variant="light" role="alert">
      {textOf(error)}
    </Alert>
  );
}
