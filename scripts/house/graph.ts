/** `npm run graph`: the import graph of the rooms in Mermaid, with its circles and forbidden arrows named. */
import { borderCrossed, roomOf, steps } from './borders.ts';
import { importsOf, type Import } from './imports.ts';
import { isForTests, read, repositoryFiles } from './sources.ts';

/** File to what it imports. */
export type Graph = ReadonlyMap<string, readonly Import[]>;

/** Of the texts by file, or of the whole repository. */
export const graphOf = (texts: ReadonlyMap<string, string> = repositoryTexts()): Graph =>
  new Map([...texts].map(([file, text]) => [file, importsOf(text, file)]));

const repositoryTexts = (): Map<string, string> =>
  new Map(
    repositoryFiles()
      .filter((file) => /^(harness|service|scenarios|scripts)\/.*\.ts$/.test(file) && !isForTests(file))
      .map((file) => [file, read(file)]),
  );

/** One line each: circles, arrows that are forbidden, and files of the harness that lie in no room. */
export const wrongsOf = (graph: Graph): string[] => [
  ...circlesOf(graph).map((circle) => `circle: ${circle.join(', ')}`),
  ...crossingsOf(graph),
  ...[...graph.keys()]
    .filter((file) => file.startsWith('harness/') && roomOf(file) === null)
    .map((file) => `${file} lies in no room`),
];

const crossingsOf = (graph: Graph): string[] =>
  [...graph].flatMap(([file, imports]) =>
    [...new Set(imports.map((line) => borderCrossed(file, line)))].filter((crossing) => crossing !== null),
  );

/** Every set of files that reach one another, by Tarjan's algorithm. */
const circlesOf = (graph: Graph): string[][] => {
  const order = new Map<string, number>();
  const lowest = new Map<string, number>();
  const path: string[] = [];
  const circles: string[][] = [];
  const visit = (file: string): void => {
    order.set(file, order.size);
    lowest.set(file, order.get(file)!);
    path.push(file);
    const targets = graph.get(file)!.map(({ from }) => from);
    for (const target of targets.filter((name) => graph.has(name))) {
      if (!order.has(target)) visit(target);
      if (path.includes(target)) lowest.set(file, Math.min(lowest.get(file)!, lowest.get(target)!));
    }
    if (lowest.get(file) !== order.get(file)) return;
    const circle = path.splice(path.indexOf(file));
    if (circle.length > 1 || targets.includes(file)) circles.push(circle.toSorted());
  };
  for (const file of graph.keys()) if (!order.has(file)) visit(file);
  return circles;
};

/** Arrows between rooms: `run --> load`, dotted where only types go. */
export const mermaidOf = (graph: Graph): string => {
  const arrows = new Map<string, boolean>();
  for (const [file, imports] of graph) {
    for (const { from, typeOnly } of imports) {
      const [room, other] = [roomOf(file), roomOf(from)];
      if (room === null || other === null || room === other) continue;
      const arrow = `${room} ${other}`;
      arrows.set(arrow, (arrows.get(arrow) ?? true) && typeOnly);
    }
  }
  const lines = [...arrows].toSorted().map(([arrow, typeOnly]) => arrow.replace(' ', typeOnly ? ' -.-> ' : ' --> '));
  const stairs = steps.map((rooms, step) => `subgraph step${step} [" "]\n    ${rooms.join('\n    ')}\n  end`);
  return ['graph BT', ...stairs, ...lines].join('\n  ');
};

if (import.meta.main) {
  const graph = graphOf();
  console.log(mermaidOf(graph));
  const wrong = wrongsOf(graph);
  for (const line of wrong) console.error(line);
  console.error(wrong.length === 0 ? 'no circle, no arrow upwards' : `${wrong.length} to mend`);
  if (wrong.length > 0) process.exitCode = 1;
}
