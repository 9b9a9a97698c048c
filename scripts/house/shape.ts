/** `npm run shape`: how wide, how long and how nested the code is, against the limits of CONTRIBUTING.md. */
import { parseSync, Visitor, type Node } from 'oxc-parser';
import { isForTests, read, repositoryFiles } from './sources.ts';

export const limits = {
  columns: 120,
  /**
   * A string without a blank, and a regular expression, cannot be broken: from here on they excuse a wide line. So does
   * the title of a test, which is one sentence that a reporter prints.
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

export const shapeOf = (text: string, file: string): Shape => {
  const lines = text.split('\n');
  const placeOf = (offset: number): Place => ({ file, line: text.slice(0, offset).split('\n').length });
  const shape: Shape = { wideLines: [], nestedTernaries: [], functions: [], longFiles: [] };
  const excused = new Set<number>();

  const measure = (node: { start: number; end: number; body: Node | null }): void => {
    if (node.body?.type !== 'BlockStatement' || isForTests(file)) return;
    const own = text.slice(node.start, node.end);
    shape.functions.push({ ...placeOf(node.start), characters: own.length, lines: own.split('\n').length });
  };
  new Visitor({
    FunctionDeclaration: measure,
    FunctionExpression: measure,
    ArrowFunctionExpression: measure,
    ConditionalExpression: (node) => {
      const nested = [node.test, node.consequent, node.alternate].some((part) => isTernary(part));
      if (nested) shape.nestedTernaries.push(placeOf(node.start));
    },
    Literal: (node) => {
      const own = text.slice(node.start, node.end);
      const unbreakable = 'regex' in node || (typeof node.value === 'string' && !own.includes(' '));
      if (unbreakable && own.length >= limits.unbreakableColumns) excused.add(placeOf(node.start).line);
    },
    CallExpression: ({ callee, arguments: [title] }) => {
      if (isTest(callee) && title !== undefined) excused.add(placeOf(title.start).line);
    },
  }).visit(parseSync(file, text).program);

  shape.wideLines = lines
    .map((own, index) => ({ file, line: index + 1, columns: own.length }))
    .filter(({ columns, line }) => columns > limits.columns && !excused.has(line));
  const limit = file.endsWith('.test.ts') ? limits.testFileLines : limits.fileLines;
  if (lines.length - 1 > limit) shape.longFiles.push({ file, line: lines.length - 1 });
  return shape;
};

/** `test`, `it` and `describe`, also as `test.each(rows)`. */
const isTest = (callee: Node): boolean => {
  if (callee.type === 'Identifier') return ['test', 'it', 'describe'].includes(callee.name);
  if (callee.type === 'CallExpression') return isTest(callee.callee);
  return callee.type === 'MemberExpression' && isTest(callee.object);
};

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
