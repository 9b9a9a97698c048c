/** The types of the Postgres protocol's messages that the tap tells apart, as the byte that each begins with. */
const byte = (letter: string): number => letter.charCodeAt(0);

/** What a client sends. */
export const fromClient = {
  query: byte('Q'),
  parse: byte('P'),
  bind: byte('B'),
  describe: byte('D'),
  execute: byte('E'),
  close: byte('C'),
  sync: byte('S'),
  flush: byte('H'),
  functionCall: byte('F'),
  copyData: byte('d'),
  copyDone: byte('c'),
  copyFail: byte('f'),
  password: byte('p'),
  terminate: byte('X'),
} as const;

/** What a server sends. */
export const fromServer = {
  parseComplete: byte('1'),
  bindComplete: byte('2'),
  closeComplete: byte('3'),
  noData: byte('n'),
  rowDescription: byte('T'),
  parameterDescription: byte('t'),
  dataRow: byte('D'),
  commandComplete: byte('C'),
  emptyQuery: byte('I'),
  portalSuspended: byte('s'),
  functionResult: byte('V'),
  error: byte('E'),
  readyForQuery: byte('Z'),
  copyIn: byte('G'),
  copyOut: byte('H'),
  copyBoth: byte('W'),
  copyData: byte('d'),
  copyDone: byte('c'),
  authentication: byte('R'),
  backendKey: byte('K'),
  parameterStatus: byte('S'),
  negotiateVersion: byte('v'),
  notice: byte('N'),
  notification: byte('A'),
} as const;
