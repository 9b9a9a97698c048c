/** How many of a pool may be busy on average before whoever asks for one has to wait: Erlang's C formula (M/M/c). */

/** Probability that somebody who asks finds all of them taken, where `busy` are taken on average. */
export const waitingShare = (size: number, busy: number): number => {
  if (busy >= size) return 1;
  // Erlang B by its recursion, which does not overflow; C follows from it.
  let blocked = 1;
  for (let servers = 1; servers <= size; servers += 1) blocked = (busy * blocked) / (servers + busy * blocked);
  return (size * blocked) / (size - busy * (1 - blocked));
};

/** The mean number busy at which that share of those who ask has to wait. */
export const busyAtWaiting = (size: number, share: number): number => {
  let [low, high] = [0, size];
  for (let step = 0; step < 60; step += 1) {
    const middle = (low + high) / 2;
    if (waitingShare(size, middle) < share) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
};
