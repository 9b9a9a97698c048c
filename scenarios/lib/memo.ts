/** The memo queue's work in incidents that are about its handlers. */
import type { StepDeclaration } from './declaration.ts';

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
