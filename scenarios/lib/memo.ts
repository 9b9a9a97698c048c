/** The memo queue's work in incidents that are about its handlers. */
import type { StepDeclaration, SymptomDeclaration } from './declaration.ts';

const messages =
  "INSERT INTO memo_messages (note_key, body) SELECT 'note-' || number, 'memo ' || number " +
  'FROM generate_series(1, 100) AS number';

/** Those that a handler has in hand are left to it. */
const putOff =
  "UPDATE memo_messages SET due_at = now() + interval '1 hour' WHERE id IN " +
  '(SELECT id FROM memo_messages WHERE done_at IS NULL FOR UPDATE SKIP LOCKED)';

/** A hundred messages come at once; what is left late in the phase is put off, so that the run can end. */
export const hundredMessages = (phase: string): StepDeclaration[] => [
  { phase, atShare: 0.01, do: 'sql', sql: messages },
  { phase, atShare: 0.7, do: 'sql', sql: putOff },
];

export const handled = 'SELECT count(*) FROM memo_messages WHERE done_at IS NOT NULL';

/** In smoke, where the load lasts 18 s, nine handlers manage 19. */
export const handledAtLeast = (count: number): SymptomDeclaration => ({
  id: 'more-done',
  title: 'More messages are handled than nine handlers manage',
  tag: 'shape',
  observe: { kind: 'sql', query: handled, comparator: '>=', value: count },
});

export const noneWaits: SymptomDeclaration = {
  id: 'none-waits',
  title: 'Nobody waits for a connection',
  tag: 'shape',
  observe: { kind: 'series', series: 'pool_connections_waiting', statistic: 'max', comparator: '<=', value: 3 },
};
