import type { DocumentLine, StatementDocument } from './statement-document.ts';

const entities: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
const escaped = (text: string) => text.replace(/[&<>"']/g, (sign) => entities[sign] ?? sign);

const style = `
:root { color-scheme: light; }
body { margin: 2rem auto; max-width: 56rem; padding: 0 1rem; background: #fff; color: #18181b;
  font: 14px/1.5 system-ui, "Noto Sans SC", "PingFang SC", "Microsoft YaHei", sans-serif; }
h1 { font-size: 1.6rem; margin: 0 0 1rem; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .15rem 1rem; margin: 0 0 1.5rem; }
dt, small, th { color: #52525b; }
dd { margin: 0; }
.warning { margin: 0 0 1rem; padding: .5rem .75rem; border-left: 4px solid #d97706; background: #fffbeb; }
.parties { display: flex; flex-wrap: wrap; gap: 1.5rem 4rem; margin-bottom: 1.5rem; }
.parties h2 { font-size: 1rem; margin: 0; }
.parties p { margin: 0; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; }
th, td { padding: .4rem .5rem; text-align: left; vertical-align: top; border-bottom: 1px solid #e4e4e7; }
th { font-weight: 600; }
.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
small { display: block; }
@media print { body { margin: 0; max-width: none; } .wide { overflow: visible; } tr { break-inside: avoid; } }
tfoot tr:last-child > * { color: #18181b; font-size: 1.1rem; font-weight: 700; border-bottom: 0; }
`;

const party = (name: string, lines: readonly string[]) =>
  `<section><h2>${escaped(name)}</h2>${lines.map((line) => `<p>${escaped(line)}</p>`).join('')}</section>`;

const withNote = (text: string, note: string) =>
  `${escaped(text)}${note === '' ? '' : `<small>${escaped(note)}</small>`}`;

const row = ({ title, note, zone, quantity, unit, price, amount }: DocumentLine) => `<tr>
<td>${withNote(title, note)}</td>
<td>${escaped(zone)}</td>
<td class="number">${withNote(quantity, unit)}</td>
<td class="number">${escaped(price)}</td>
<td class="number">${escaped(amount)}</td>
</tr>`;

/** A statement as one page for browsers, which loads nothing. All that people named is escaped. */
export function htmlOf(document: StatementDocument): string {
  const { words, title, name, warning, facts, issuer, customer, currency, lines, sums } = document;
  return `<!doctype html>
<html lang="${words.locale}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title === name ? title : `${title} ${name}`)}</title>
<style>${style}</style>
</head>
<body>
<h1>${escaped(title)}</h1>${warning === '' ? '' : `\n<p class="warning">${escaped(warning)}</p>`}
<dl>${facts.map(([name, value]) => `<dt>${escaped(name)}</dt><dd>${escaped(value)}</dd>`).join('')}</dl>
<div class="parties">${party(words.issuer, issuer)}${party(words.customer, customer)}</div>
<div class="wide" tabindex="0"><table>
<thead><tr><th scope="col">${escaped(words.item)}</th><th scope="col">${escaped(words.zone)}</th>
<th scope="col" class="number">${escaped(words.quantity)}</th><th scope="col" class="number">${escaped(words.price)}</th>
<th scope="col" class="number">${escaped(words.amount(currency))}</th></tr></thead>
<tbody>
${lines.map(row).join('\n')}
</tbody>
<tfoot>
${sums.map(([name, amount]) => `<tr><th scope="row" colspan="4">${escaped(name)}</th><td class="number">${escaped(amount)}</td></tr>`).join('\n')}
</tfoot>
</table></div>
</body>
</html>
`;
}
