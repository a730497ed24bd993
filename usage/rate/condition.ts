import { Environment, type ASTNode } from '@marcbachmann/cel-js';
import { GiB } from '@nephos/model/kernel/units.ts';
import type { UsageAttributes } from '@nephos/model/shapes/usage.ts';
import type { UseShape } from './use.ts';

/** Whether a tariff applies to a use. */
export interface Condition {
  holds(use: UseShape): boolean;
  /** Attributes of the use that it depends on. */
  attributes: ReadonlySet<keyof UsageAttributes>;
}

/** An expression that is no condition; the message says what is wrong, and where. */
export class ConditionError extends Error {
  override name = 'ConditionError';
}

/** The longest expression, in characters. */
export const longestCondition = 500;

/**
 * What a condition can call. All of it takes time in proportion to the text it looks at: macros that go through lists
 * (`all`, `map`) and regular expressions (`matches`) do not.
 */
const allowedCalls = new Set(['contains', 'endsWith', 'has', 'size', 'startsWith']);

/** Names in a condition, with their types in CEL; what a use does not have is 0, "" or empty. */
const attributeTypes = {
  offeringId: 'string',
  offeringName: 'string',
  templateId: 'string',
  cpuCount: 'int',
  cpuMhz: 'int',
  memoryBytes: 'int',
  sizeBytes: 'int',
  networkId: 'string',
  tags: 'map<string, string>',
} as const satisfies { [Name in keyof UsageAttributes]?: string };
const variables = { usageType: 'int', zoneId: 'string', ...attributeTypes } as const;
const attributeNames = Object.keys(attributeTypes) as (keyof typeof attributeTypes)[];

const environment = new Environment({
  limits: { maxAstNodes: 100, maxDepth: 20, maxListElements: 50, maxMapEntries: 10, maxCallArguments: 4 },
}).registerConstant('GiB', 'int', GiB);
for (const [name, type] of Object.entries(variables)) environment.registerVariable(name, type);

/**
 * An expression in the Common Expression Language as a condition: `cpuCount >= 8 && memoryBytes > 64 * GiB`. Where it
 * has no answer (a tag that is not there, a division by zero) it does not hold.
 * @throws ConditionError with line and column
 */
export function parseCondition(expression: string): Condition {
  if (expression.length > longestCondition)
    throw new ConditionError(`it has more than ${longestCondition} characters`);
  const evaluate = parsed(expression);
  const names = new Set<string>();
  walk(evaluate.ast, (node) => {
    refuseCall(node, expression);
    if (node.op === 'id') names.add(node.args);
  });
  const { valid, type, error } = evaluate.check();
  if (!valid) throw conditionError(error, expression);
  if (type !== 'bool') throw new ConditionError(`it answers ${type ?? 'nothing'}, not true or false`);
  return {
    attributes: new Set(attributeNames.filter((name) => names.has(name))),
    holds: (use) => {
      try {
        return evaluate(valuesOf(use)) === true;
      } catch {
        return false;
      }
    },
  };
}

function parsed(expression: string) {
  try {
    return environment.parse(expression);
  } catch (error) {
    throw conditionError(error, expression);
  }
}

function valuesOf({ usageType, zoneId, attributes }: UseShape): Record<keyof typeof variables, unknown> {
  const { offeringId, offeringName, templateId, cpuCount, cpuMhz, memoryBytes, sizeBytes, networkId, tags } =
    attributes;
  return {
    usageType: BigInt(usageType),
    zoneId,
    offeringId: offeringId ?? '',
    offeringName: offeringName ?? '',
    templateId: templateId ?? '',
    cpuCount: BigInt(cpuCount ?? 0),
    cpuMhz: BigInt(cpuMhz ?? 0),
    memoryBytes: BigInt(memoryBytes ?? 0),
    sizeBytes: BigInt(sizeBytes ?? 0),
    networkId: networkId ?? '',
    tags: tags ?? {},
  };
}

function isNode(value: unknown): value is ASTNode {
  return typeof value === 'object' && value !== null && 'op' in value && 'args' in value;
}

function walk(node: ASTNode, visit: (node: ASTNode) => void): void {
  visit(node);
  const look = (value: unknown): void => {
    if (isNode(value)) walk(value, visit);
    else if (Array.isArray(value)) value.forEach(look);
  };
  look(node.args);
}

function refuseCall(node: ASTNode, expression: string): void {
  if (node.op !== 'call' && node.op !== 'rcall') return;
  const [name] = node.args;
  if (!allowedCalls.has(name))
    throw new ConditionError(`${name}() cannot be called ${placeOf(expression, node.start)}`);
}

function conditionError(error: unknown, expression: string): ConditionError {
  const { summary, message, range } = error as {
    summary?: string;
    message: string;
    range?: { start: number };
  };
  const place = range === undefined ? '' : ` ${placeOf(expression, range.start)}`;
  return new ConditionError(`${summary ?? message}${place}`, { cause: error });
}

function placeOf(expression: string, offset: number): string {
  const lines = expression.slice(0, offset).split('\n');
  return `at line ${lines.length}, column ${(lines.at(-1)?.length ?? 0) + 1}`;
}
