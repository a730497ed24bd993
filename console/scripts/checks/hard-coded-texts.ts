import { parse, type AST } from 'svelte/compiler';

/** A text that a component shows, or has read out, in one language only. */
export interface HardCodedText {
  line: number;
  text: string;
}

type Syntax = { type: string; start: number } & Record<string, unknown>;

/** What of these elements stands between their tags is in no language. */
const elementsOfCode = new Set(['code', 'pre', 'kbd', 'style', 'script']);
/** Attributes and properties whose value people read or hear. */
const visibleAttributes =
  /^(aria-(label|description|roledescription|valuetext|placeholder)|alt|title|placeholder|label|hint|text|anyLabel|searchLabel|description|heading)$/;
const hasLetters = /\p{L}/u;
/** An example of what to type, as a placeholder may show it, is no sentence and no single word. */
const example = /^(https?:\/\/\S*|(?!.*\p{L}{2} \p{L}{2})(?!\p{L}+$).*)$/u;
/** Units and names that are the same in every language. */
const universal = /^(Nephos|GraphQL|curl|ID|vCPU|GiB|MiB|MHz|IPv4|MAC|CIDR|UTC|CSV|JSON|K|Ctrl|Esc|×)$/;

/** Finds what a component says without the messages. */
export function hardCodedTexts(source: string): HardCodedText[] {
  const found: HardCodedText[] = [];
  const lineOf = (place: number) => source.slice(0, place).split('\n').length;
  const note = (text: string, place: number) => {
    const words = text.replaceAll(/\s+/g, ' ').trim();
    if (hasLetters.test(words) && !universal.test(words)) found.push({ line: lineOf(place), text: words });
  };
  visit(parse(source, { modern: true }).fragment as unknown as Syntax, note);
  return found;
}

type Note = (text: string, place: number) => void;

function visit(node: Syntax, note: Note): void {
  switch (node.type) {
    case 'Text':
      note(node['data'] as string, node.start);
      return;
    case 'ExpressionTag':
      visitExpression(node['expression'] as Syntax, note);
      return;
    case 'Attribute':
      visitAttribute(node as unknown as AST.Attribute, note);
      return;
    case 'StyleDirective':
      return;
    case 'RegularElement':
      if (elementsOfCode.has(node['name'] as string)) return;
  }
  for (const [key, value] of Object.entries(node)) {
    if (key === 'expression' || key === 'metadata') continue;
    for (const child of Array.isArray(value) ? value : [value]) {
      if (isSyntax(child)) visit(child, note);
    }
  }
}

function visitAttribute({ name, value }: AST.Attribute, note: Note): void {
  if (value === true || !visibleAttributes.test(name)) return;
  const noteUnlessExample: Note = (text, place) => {
    if (name !== 'placeholder' || !example.test(text.trim())) note(text, place);
  };
  for (const part of Array.isArray(value) ? value : [value])
    visit(part as unknown as Syntax, noteUnlessExample);
}

/** Only what an expression gives is shown: what it compares, or calls, is not. */
function visitExpression(node: Syntax, note: Note): void {
  switch (node.type) {
    case 'Literal':
      if (typeof node['value'] === 'string') note(node['value'], node.start);
      return;
    case 'TemplateLiteral':
      for (const quasi of node['quasis'] as Syntax[])
        note((quasi['value'] as { cooked: string }).cooked, quasi.start);
      for (const expression of node['expressions'] as Syntax[]) visitExpression(expression, note);
      return;
    case 'ConditionalExpression':
      visitExpression(node['consequent'] as Syntax, note);
      visitExpression(node['alternate'] as Syntax, note);
      return;
    case 'LogicalExpression':
    case 'BinaryExpression':
      if (node.type === 'BinaryExpression' && node['operator'] !== '+') return;
      visitExpression(node['left'] as Syntax, note);
      visitExpression(node['right'] as Syntax, note);
  }
}

function isSyntax(value: unknown): value is Syntax {
  return typeof value === 'object' && value !== null && 'type' in value;
}
