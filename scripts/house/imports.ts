/** What a file takes from others, in every way that TypeScript has, read from its syntax tree. */
import path from 'node:path';
import { parseSync, Visitor } from 'oxc-parser';
import type { NewExpression } from 'oxc-parser';

export interface Import {
  /** `import type` and `import('x').Y` in a type: erased before anything runs. */
  typeOnly: boolean;
  /** Relative to the repository, `/` between folders; or the package's name. */
  from: string;
}

/**
 * Static, dynamic and type imports, re-exports, and `new URL('x.ts', import.meta.url)`, which is how a file is loaded
 * or started without an import. Names that are put together while running cannot be seen; they stay within their room's
 * folder.
 */
export const importsOf = (text: string, file: string): Import[] => {
  const imports: Import[] = [];
  const add = (name: unknown, typeOnly: boolean): void => {
    if (typeof name === 'string') imports.push({ typeOnly, from: located(name, file) });
  };
  const literal = (node: { type: string; value?: unknown }): unknown =>
    node.type === 'Literal' ? node.value : undefined;
  new Visitor({
    ImportDeclaration: (node) => add(node.source.value, node.importKind === 'type'),
    ExportAllDeclaration: (node) => add(node.source.value, node.exportKind === 'type'),
    ExportNamedDeclaration: (node) => add(node.source?.value, node.exportKind === 'type'),
    ImportExpression: (node) => add(literal(node.source), false),
    TSImportType: (node) => add(literal(node.source), true),
    NewExpression: (node) => add(moduleOfUrl(node), false),
  }).visit(parseSync(file, text).program);
  return imports;
};

/** The name in `new URL('x.ts', …)`; data and folders are none. */
const moduleOfUrl = ({ callee, arguments: [name] }: NewExpression): string | undefined => {
  if (callee.type !== 'Identifier' || callee.name !== 'URL') return undefined;
  if (name?.type !== 'Literal' || typeof name.value !== 'string') return undefined;
  if (!/\.m?[jt]s$/.test(name.value) || /^\w+:/.test(name.value)) return undefined;
  return name.value.startsWith('.') ? name.value : `./${name.value}`;
};

const located = (from: string, file: string): string =>
  from.startsWith('.') ? path.posix.join(path.posix.dirname(file), from) : from;
