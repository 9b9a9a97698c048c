import { expect, test } from 'vitest';
import { limits, quantile, shapeOf, shapeOfRepository } from './shape.ts';

const repository = shapeOfRepository();

test('nothing wider than 120 columns, no nested ternary, no long function, no long file', () => {
  const { wideLines, nestedTernaries, functions, longFiles } = repository;
  const long = functions.filter(({ lines }) => lines > limits.functionLines);
  expect({ wideLines, nestedTernaries, long, longFiles }).toEqual({
    wideLines: [],
    nestedTernaries: [],
    long: [],
    longFiles: [],
  });
});

test('95 of a hundred functions keep to the characters', () => {
  const sizes = repository.functions.map(({ characters }) => characters);
  expect(quantile(sizes, 0.95)).toBeLessThanOrEqual(limits.functionCharactersP95);
});

const wide = (text: string): number => shapeOf(text, 'a.ts').wideLines.length;
const words = 'word '.repeat(30);

test('a wide line is seen, whatever it holds that could be broken', () => {
  expect(wide(`// ${words}`)).toBe(1);
  expect(wide(`const a = '${words}';`)).toBe(1);
  expect(wide(`const a = \`${words}\`;`)).toBe(1);
  expect(wide(`const a = 'b'; // ${words}`)).toBe(1);
  expect(wide(`const a = 1;`)).toBe(0);
});

test('what cannot be broken excuses its line', () => {
  expect(wide(`const a = 'https://example.test/${'x'.repeat(120)}';`)).toBe(0);
  expect(wide(`const a = /${'x '.repeat(80)}/;`)).toBe(0);
  expect(wide(`test('${words}', () => {});`)).toBe(0);
  expect(wide(`describe.each(rows)('${words}', () => {});`)).toBe(0);
  expect(wide(`expect('${words}').toBe(1);`)).toBe(1);
  expect(wide(`test.each([\n'${words}',\n])('%s', () => {});`)).toBe(1);
  expect(wide(`expect(1).toMatchInlineSnapshot(\`\n${words}\`);`)).toBe(0);
});

test('a nested ternary is seen, in brackets too', () => {
  const nested = (text: string): number => shapeOf(text, 'a.ts').nestedTernaries.length;
  expect(nested('const a = b ? 1 : c ? 2 : 3;')).toBe(1);
  expect(nested('const a = b ? (c ? 1 : 2) : 3;')).toBe(1);
  expect(nested('const a = b ? 1 : 2;')).toBe(0);
  expect(nested('const a = b ? list.map((one) => (one ? 1 : 2)) : 3;')).toBe(0);
});

test('functions are measured by their own text, files by their lines', () => {
  const { functions } = shapeOf('const a = () => {\n  return 1;\n};\nconst b = () => 1;\n', 'a.ts');
  expect(functions).toEqual([{ file: 'a.ts', line: 1, characters: 21, lines: 3 }]);
  expect(shapeOf('\n'.repeat(251), 'a.ts').longFiles).toHaveLength(1);
  expect(shapeOf('\n'.repeat(250), 'a.ts').longFiles).toEqual([]);
  expect(shapeOf('\n'.repeat(400), 'a.test.ts').longFiles).toEqual([]);
});

test('a quantile is one of the values', () => {
  expect(quantile([4, 1, 3, 2], 0.5)).toBe(2);
  expect(quantile([4, 1, 3, 2], 1)).toBe(4);
  expect(quantile([], 0.5)).toBe(0);
});
