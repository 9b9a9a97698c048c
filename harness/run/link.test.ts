import { expect, test } from 'vitest';
import type { ScenarioDeclaration } from '../../scenarios/lib/declaration.ts';
import { stackSpecFrom } from '../stack/spec.ts';
import { withLink, withTap } from './link.ts';

const declared = (linkMs?: number): ScenarioDeclaration =>
  ({
    environment: { stack: { maxConnections: 90, ...(linkMs === undefined ? {} : { linkMs }) } },
  }) as ScenarioDeclaration;
const linkOf = (declaration: ScenarioDeclaration): number => stackSpecFrom(declaration.environment).linkMs;

test('the link is what is declared, none by default, and --link-ms beats both', () => {
  expect(linkOf(withLink(declared(10), undefined))).toBe(10);
  expect(linkOf(withLink(declared(), undefined))).toBe(0);
  expect(linkOf(withLink(declared(10), 0))).toBe(0);
  expect(linkOf(withLink(declared(), 15))).toBe(15);
  expect(stackSpecFrom(withLink(declared(10), 0).environment).maxConnections).toBe(90);
});

test('--tap puts a tap on each hop of every scenario, and no option leaves it as declared', () => {
  const tapOf = (declaration: ScenarioDeclaration): boolean => stackSpecFrom(declaration.environment).tap;
  expect(tapOf(declared())).toBe(false);
  expect(tapOf(withTap(declared(), undefined))).toBe(false);
  expect(tapOf(withTap(declared(4), true))).toBe(true);
  expect(linkOf(withTap(declared(4), true))).toBe(4);
});
