/**
 * What the house does not keep to yet, while it is being rebuilt. It only ever shrinks, and is empty when the house stands:
 * then this file goes.
 */
export const knownWrongs: readonly RegExp[] = [
  /^circle: .*harness\/measure\/tracks\/grid\.ts/,
  /^circle: harness\/doctor\//,
  /^circle: harness\/report\//,
  /^circle: service\//,
  /^harness\/compare\/\w+\.ts imports harness\/archive\//,
  /^harness\/load\/ledger\.ts imports harness\/check\/checker\.ts/,
  /^harness\/system\/clean\.ts imports harness\/faults\/journal\.ts/,
];

export const knownShape = {
  wideLines: 818,
  nestedTernaries: 72,
  functionCharactersP95: 1400,
  longFunctions: 6,
  longFiles: 18,
};
