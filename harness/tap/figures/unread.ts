/** Connections that pass unread now, by why: what they do is not known, and must not be taken for nothing. */
export class Unread {
  readonly #open = new Map<string, number>();

  /** One begins. What is given back is called at its end, once or again. */
  begin(why: string): () => void {
    this.#add(why, 1);
    let isOpen = true;
    return () => {
      if (isOpen) this.#add(why, -1);
      isOpen = false;
    };
  }

  value(): Record<string, number> {
    return Object.fromEntries(this.#open);
  }

  #add(why: string, amount: number): void {
    this.#open.set(why, (this.#open.get(why) ?? 0) + amount);
  }
}
