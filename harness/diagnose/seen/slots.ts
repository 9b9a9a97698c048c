/** Who holds the database's connection slots, and who was refused one. */
import { plural } from '../../measure/numbers-in-words.ts';
import type { Owner } from './sessions.ts';
import type { Seen } from './seen.ts';

/** A count this near to its limit is at it: samples are a second apart, and the last slot comes and goes. */
const nearlyAll = 0.97;
/** So near to the end the next deployment, or one more replica, finds none left. */
const tight = 0.9;
/** The probes are sessions as well, and are not counted among these. */
const probes = 2;

export interface Slots {
  peak: number;
  usable: number;
  maxConnections: number;
  atMs: number;
  own: number;
  /** Not past their login: nobody knows whose they are. */
  unknown: number;
  foreign: number;
  foreignOwners: readonly Owner[];
  refused: number;
}

/** The roles that the service works by: those that the tap saw, else those whose sessions work. */
const ownRoles = ({ taps, sessions }: Seen): Set<string> => {
  if (taps.length > 0) return new Set(taps.map(({ group }) => group.user));
  const working = sessions.owners.filter(({ active, role }) => active > 0 && role !== '');
  const most = Math.max(0, ...working.map(({ active }) => active));
  return new Set(working.filter(({ active }) => active >= most / 4).map(({ role }) => role));
};

/** The way to the database was seen, and these never came by it: under the service's role somebody else dialled. */
const isBesideTaps = ({ role, application, peak }: Owner, { taps }: Seen): boolean => {
  const own = taps.filter(({ group }) => group.user === role);
  if (own.length === 0 || own.some(({ group }) => group.application === application)) return false;
  return peak > own.reduce((total, { use }) => total + use.size, 0);
};

/** A pooler dials in one name for many; its application name says nothing, so sessions are told apart by role. */
const isOwn = (owner: Owner, roles: ReadonlySet<string>, seen: Seen): boolean =>
  roles.has(owner.role) && !isBesideTaps(owner, seen);

const roleRefusal = /too many connections for role|connection limit exceeded for (role|non-superusers)/i;
const noSlotText = /too many clients|connection slots are reserved/i;

/** Refused for want of a slot of the server, not of the role. */
const refusedSlots = ({ errors }: Seen): number => {
  const all = errors.count('no-slot');
  if (all === 0) return 0;
  const [byRole, bySlot] = [errors.lines(roleRefusal).length, errors.lines(noSlotText).length];
  return byRole > 0 && bySlot === 0 ? 0 : all;
};

/** Of a session that is not past its login nobody knows whose it is; and where nobody works, nobody is another. */
const isForeign = (owner: Owner, roles: ReadonlySet<string>, seen: Seen): boolean =>
  roles.size > 0 && owner.role !== '' && !isOwn(owner, roles, seen) && owner.peak > 0;

const peakOf = (owners: readonly Owner[]): number => owners.reduce((total, { peak }) => total + peak, 0);

/** Null where slots were there all the time, or nobody knows how many there are. */
export const slotsOf = (seen: Seen): Slots | null => {
  const { sessions } = seen;
  const refused = refusedSlots(seen);
  const usable = sessions.usableSlots ?? 0;
  const isFull =
    sessions.usableSlots !== null &&
    sessions.all.peak + probes >= usable * (seen.sessions.active.mean < sessions.all.mean / 2 ? tight : nearlyAll);
  if (!isFull && refused === 0) return null;
  const roles = ownRoles(seen);
  const foreignOwners = sessions.owners.filter((owner) => isForeign(owner, roles, seen));
  return {
    peak: sessions.all.peak,
    usable,
    maxConnections: sessions.maxConnections ?? usable,
    atMs: sessions.all.peakAtMs,
    own: peakOf(sessions.owners.filter((owner) => owner.role !== '' && !isForeign(owner, roles, seen))),
    unknown: peakOf(sessions.owners.filter(({ role }) => role === '')),
    foreign: peakOf(foreignOwners),
    foreignOwners,
    refused,
  };
};

/** Others hold the larger part of what there is. */
export const isOthers = ({ foreign, own }: Slots): boolean => foreign > own;

export const ownersWords = (owners: readonly Owner[]): string =>
  owners
    .slice(0, 3)
    .map(
      ({ role, application, peak }) =>
        `${role}${application === '' ? '' : ` (${application})`} ${plural(peak, 'session')}`,
    )
    .join(', ');

/** The server itself refused: then it is not the role's limit that is reached. */
export const refusedByServer = ({ errors }: Seen): boolean => errors.lines(noSlotText).length > 0;

/** Refused by the role's own limit. */
export const refusedByRole = ({ errors }: Seen): number =>
  errors.lines(roleRefusal).length === 0 ? 0 : Math.max(errors.count('no-slot'), errors.lines(roleRefusal).length);
