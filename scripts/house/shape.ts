/** `npm run shape`: how wide, how long and how nested the code is, against the limits of CONTRIBUTING.md. */
import { parseSync, Visitor, type Node, type Span } from 'oxc-parser';
import { isForTests, read, repositoryFiles } from './sources.ts';

export const limits = {
  columns: 120,
  /**
   * A string without a blank, and a regular expression, cannot be broken: from here on they excuse a wide line. So do
   * the title of a test, one sentence that a reporter prints, and an inline snapshot, the very text that was written.
   */
  unbreakableColumns: 60,
  functionLines: 60,
  functionCharactersP95: 900,
  fileLines: 250,
  testFileLines: 400,
};

export interface Place {
  file: string;
  line: number;
}

export interface FunctionSize extends Place {
  characters: number;
  lines: number;
}

export interface Shape {
  wideLines: Place[];
  nestedTernaries: Place[];
  functions: FunctionSize[];
  longFiles: Place[];
}

type Program = ReturnType<typeof parseSync>['program'];

export const shapeOf = (text: string, file: string): Shape => {
  const { program } = parseSync(file, text);
  const lines = text.split('\n');
  const placeOf: PlaceOf = (offset) => ({ file, line: text.slice(0, offset).split('\n').length });
  const limit = file.endsWith('.test.ts') ? limits.testFileLines : limits.fileLines;
  const excused = excusedLines(program, placeOf);
  return {
    wideLines: lines
      .map((own, index) => ({ file, line: index + 1, columns: own.length }))
      .filter(({ columns, line }) => columns > limits.columns && !excused.has(line)),
    nestedTernaries: nestedTernariesIn(program, placeOf),
    functions: isForTests(file) ? [] : functionsIn(program, text, placeOf),
    longFiles: lines.length - 1 > limit ? [{ file, line: lines.length - 1 }] : [],
  };
};

type PlaceOf = (offset: number) => Place;

/** Lines that may be wide: see `limits`. */
const excusedLines = (program: Program, placeOf: PlaceOf): Set<number> => {
  const excused = new Set<number>();
  const excuse = ({ start, end }: Span): void => {
    for (let { line } = placeOf(start); line <= placeOf(end).line; line += 1) excused.add(line);
  };
  new Visitor({
    Literal: (literal) => {
      const unbreakable = 'regex' in literal || (typeof literal.value === 'string' && !literal.value.includes(' '));
      if (unbreakable && literal.end - literal.start >= limits.unbreakableColumns) excuse(literal);
    },
    CallExpression: ({ callee, arguments: [first] }) => {
      if (first !== undefined && (isTest(callee) || isInlineSnapshot(callee))) {
        excuse(first);
      }
    },
  }).visit(program);
  return excused;
};

/** Those with a body in braces. */
const functionsIn = (program: Program, text: string, placeOf: PlaceOf): FunctionSize[] => {
  const functions: FunctionSize[] = [];
  const measure = ({ start, end, body }: Span & { body: Node | null }): void => {
    if (body?.type !== 'BlockStatement') return;
    const own = text.slice(start, end);
    functions.push({ ...placeOf(start), characters: own.length, lines: own.split('\n').length });
  };
  new Visitor({
    FunctionDeclaration: measure,
    FunctionExpression: measure,
    ArrowFunctionExpression: measure,
  }).visit(program);
  return functions;
};

const nestedTernariesIn = (program: Program, placeOf: PlaceOf): Place[] => {
  const nested: Place[] = [];
  new Visitor({
    ConditionalExpression: ({ start, test, consequent, alternate }) => {
      if ([test, consequent, alternate].some((part) => isTernary(part))) nested.push(placeOf(start));
    },
  }).visit(program);
  return nested;
};

/** `test`, `it` and `describe`, and what `test.each(rows)` gives: their first argument is a title. */
const isTest = (callee: Node): boolean => {
  if (callee.type === 'CallExpression') {
    return callee.callee.type === 'MemberExpression' && isTest(callee.callee.object);
  }
  return callee.type === 'Identifier' && ['test', 'it', 'describe'].includes(callee.name);
};

const isInlineSnapshot = (callee: Node): boolean =>
  callee.type === 'MemberExpression' &&
  callee.property.type === 'Identifier' &&
  callee.property.name === 'toMatchInlineSnapshot';

const isTernary = (node: Node): boolean =>
  node.type === 'ConditionalExpression' || (node.type === 'ParenthesizedExpression' && isTernary(node.expression));

export const shapeOfRepository = (): Shape => {
  const shapes = repositoryFiles()
    .filter((file) => /^(\.ci|bin|harness|scenarios|scripts|service)\/.*\.m?[jt]s$/.test(file))
    .map((file) => shapeOf(read(file), file));
  return {
    wideLines: shapes.flatMap(({ wideLines }) => wideLines),
    nestedTernaries: shapes.flatMap(({ nestedTernaries }) => nestedTernaries),
    functions: shapes.flatMap(({ functions }) => functions),
    longFiles: shapes.flatMap(({ longFiles }) => longFiles),
  };
};

/** The value that `share` of the values do not exceed. */
export const quantile = (values: readonly number[], share: number): number =>
  values.toSorted((a, b) => a - b)[Math.ceil(values.length * share) - 1] ?? 0;

const figures = (title: string, values: readonly number[]): string => {
  const [median, p95, most] = [0.5, 0.95, 1].map((share) => quantile(values, share));
  return `${title}: median ${median}, 95th of a hundred ${p95}, most ${most}`;
};

if (import.meta.main) {
  const { wideLines, nestedTernaries, functions, longFiles } = shapeOfRepository();
  const places = (title: string, found: readonly Place[]): void => {
    console.log(`${title}: ${found.length}`);
    for (const { file, line } of found) console.log(`  ${file}:${line}`);
  };
  console.log(`functions: ${functions.length}`);
  const sizes = functions.map(({ characters }) => characters);
  console.log(figures('characters of a function', sizes));
  console.log(
    figures(
      'lines of a function',
      functions.map(({ lines }) => lines),
    ),
  );
  const long = functions.filter(({ lines }) => lines > limits.functionLines);
  places(`functions of more than ${limits.functionLines} lines`, long);
  const large = functions.filter(({ characters }) => characters > limits.functionCharactersP95);
  places(`functions of more than ${limits.functionCharactersP95} characters`, large);
  places(`lines wider than ${limits.columns} columns`, wideLines);
  places('nested ternaries', nestedTernaries);
  places(`files longer than ${limits.fileLines} lines, tests ${limits.testFileLines}`, longFiles);
}
