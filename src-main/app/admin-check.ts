import { AppError } from '../base/app-error.ts';
import type { RingServices } from './ring-lifecycle.ts';
import type { RingSession } from './ring-session.ts';

/** The running floors, for what only an admin of the ring may do. @throws NO_RING, NOT_ADMIN */
export function asAdmin(session: RingSession): RingServices {
  const services = session.services();
  const { members } = services;
  if (members.get(members.self)?.admin === true) return services;
  throw new AppError(
    'NOT_ADMIN',
    'Only an admin of the ring may do this. Ask on the machine that started the ring.',
  );
}
