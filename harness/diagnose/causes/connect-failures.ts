/** Connections that cannot be made, or break, on the way. */
import { plural } from '../../measure/numbers-in-words.ts';
import { classifyError } from '../../measure/errors/classify.ts';
import { unknownName } from '../../measure/errors/signatures/connecting.ts';
import type { Cause, Sighting } from '../cause.ts';
import { failedWords } from '../say.ts';
import { failedBetween } from '../seen/requests.ts';
import type { Seen } from '../seen/seen.ts';

interface Form {
  kind: string;
  families: readonly string[];
  what: string;
  sentence: string;
}

const forms: readonly Form[] = [
  {
    kind: 'auth',
    families: ['auth'],
    what: 'Logins are refused',
    sentence: 'Try the same URL with psql: role, password, database; behind a pooler its user list too',
  },
  {
    kind: 'refused',
    families: ['connect-refused'],
    what: 'Nobody listens where the service dials',
    sentence: 'See that the address answers and that the server or pooler is up; try again with a pause',
  },
  {
    kind: 'pooler-down',
    families: ['pooler-down'],
    what: 'The pooler cannot log in to the database, or is stopping',
    sentence:
      "Look at the pooler's log for the cause of the failed login. It tries again only after server_login_retry " +
      '(15 s), and refuses all clients until then',
  },
  {
    kind: 'pool-empty',
    families: ['pool-empty'],
    what: 'The app pool cannot get a single connection',
    sentence:
      'Find what ended or refused its connections: the first errors before these, or their own "Caused by". A larger ' +
      'pool changes nothing',
  },
  {
    kind: 'timeout',
    families: ['connect-timeout'],
    what: 'Logins do not end in time',
    sentence:
      'Compare the connect time-out with the measured login time; see whether packets ' +
      'vanish on the way (a firewall, a NAT)',
  },
  {
    kind: 'lost',
    families: ['connection-lost', 'client-timeout'],
    what: 'Connections break on the way',
    sentence:
      'See what lies between service and database (a proxy, a NAT, a load balancer) ' +
      'and its limits; turn keepalive on; ' +
      'take writes in flight for unknown',
  },
  {
    kind: 'host-limits',
    families: ['host-limits'],
    what: "The service's machine has no local port or file left",
    sentence: 'Keep connections open in one pool per process; count sockets and open files of the process',
  },
];

const worstForm = ({ errors }: Seen): { form: Form; count: number } | null => {
  const [worst] = forms
    .map((form) => ({ form, count: errors.count(...form.families) }))
    .filter(({ count }) => count > 0)
    .toSorted((a, b) => b.count - a.count);
  return worst ?? null;
};

/** Without a word of the service: the tap's own view of the link, or the database unreachable for the probes too. */
const byTap = ({ taps, levels }: Seen): number => {
  const refused = levels.has('tap.refused')
    ? Math.round(levels.level('tap.refused').samples.values.reduce((a, b) => a + b, 0))
    : 0;
  const failed = taps.reduce((total, { churn }) => total + churn.loginsFailed, 0);
  const vanished = taps.reduce(
    (total, one) => total + one.vanished('server', 'active') + one.vanished('server', 'idle'),
    0,
  );
  return refused + failed + vanished;
};

const config = { of: 'the service', lines: 'keepAlive = true\nkeepAliveInitialDelayMillis = 10_000' };

/** The words that were told first, where they tell more than their family does. */
const toldStep = ({ errors }: Seen, { families }: Form): string | null => {
  const line = errors.lines(/./).find(({ text, family }) => families.includes(family ?? classifyError(text).family));
  const step = line === undefined ? undefined : classifyError(line.text).signature?.nextStep;
  return step === undefined ? null : step.replace(/\.$/, '');
};

const whatOf = ({ errors }: Seen, { kind, what }: Form): string =>
  kind === 'refused' && errors.lines(unknownName).length > 0
    ? 'The name of the host that the service dials is not known'
    : what;

const look = (seen: Seen): Sighting | null => {
  const worst = worstForm(seen);
  const tapped = byTap(seen);
  if (worst === null && tapped === 0) return null;
  // The service got over them by itself.
  if (seen.requests.failed + seen.requests.refused === 0 && seen.requests.served > 0) return null;
  const form = worst?.form ?? forms[3]!;
  const count = worst?.count ?? tapped;
  const span = failedBetween(seen.requests);
  return {
    kind: form.kind,
    sentence: `${whatOf(seen, form)}: ${plural(count, 'time')}`,
    number: `${failedWords(Math.min(count, seen.requests.failed), seen)} failed by it`,
    evidence: [
      ...seen.errors.evidence(...form.families),
      ...(tapped > 0
        ? [
            {
              atMs: span?.startMs ?? null,
              text: `${plural(tapped, 'connection')} refused or cut off`,
              source: 'the tap',
            },
          ]
        : []),
    ],
    remedy: { sentence: toldStep(seen, form) ?? form.sentence, ...(form.kind === 'lost' ? { config } : {}) },
    harm: { failed: count },
  };
};

export const cause: Cause = {
  id: 'connect-failures',
  title: 'Connections that fail or break',
  rank: 51,
  needs: "errors by family in the service's log, or logins at a tap",
  explains: ['cold-start', 'closed-loop-stall', 'app-pool'],
  falseFriends: ['A larger pool: it makes more connections that fail'],
  look,
};
