/** Counts by name, of names that strangers choose: beyond the first `most`, all count as one. */
export class Counts {
  readonly #most: number;
  readonly #counts = new Map<string, number>();

  constructor(most: number) {
    this.#most = most;
  }

  add(name: string, amount = 1): void {
    const known = this.#counts.get(name);
    if (known !== undefined) this.#counts.set(name, known + amount);
    else if (this.#counts.size < this.#most) this.#counts.set(name, amount);
    else this.#counts.set(otherName, (this.#counts.get(otherName) ?? 0) + amount);
  }

  value(): Record<string, number> {
    return Object.fromEntries(this.#counts);
  }
}

const otherName = 'other';
