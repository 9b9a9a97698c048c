/** A text may hold several statements: what each leaves in the session counts once, when the server says it is done. */
import type { Asked } from './asked.ts';
import type { StatementTraces } from './sql.ts';

const nothing: readonly string[] = [];

export class TracesLeft {
  #asked: Asked | null = null;
  /** Of what was asked: the statements whose end is still to come. */
  #statements: StatementTraces[] = [];

  /** What the statement that is done, of this kind, leaves. */
  leftBy(asked: Asked, kind: string): readonly string[] {
    if (asked.traces.length === 0) return nothing;
    if (this.#asked !== asked) this.#statements = [...asked.traces];
    this.#asked = asked;
    const isDone = ({ doneWith }: StatementTraces[number]): boolean => doneWith.test(kind);
    const index = this.#statements.findIndex((statement) => statement.some(isDone));
    if (index < 0) return nothing;
    const [statement = []] = this.#statements.splice(index, 1);
    return [...new Set(statement.filter(isDone).map(({ name }) => name))];
  }
}
