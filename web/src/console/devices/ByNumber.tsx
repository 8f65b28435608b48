import { Navigate, useParams } from '@tanstack/react-router';

/** The short address of a device. */
export function ByNumber() {
  const { id = '' }: { id?: string } = useParams({ strict: false });
  return <Navigate to="/devices/$id" params={{ id: id.replaceAll(/\s/g, '') }} replace />;
}
