import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { hardCodedTexts } from './hard-coded-texts.ts';
import { sourceFolder, sourcesBelow } from './sources.ts';

describe('texts in one language only', () => {
  it.each([
    ['<p>Hello</p>', 'Hello'],
    ['<p>{count} machines</p>', 'machines'],
    ['<p>主机</p>', '主机'],
    ["<p>{isOn ? 'On' : m.off()}</p>", 'On'],
    ['<p>{`${count} of ${most}`}</p>', 'of'],
    ["<p>{name ?? 'unknown'}</p>", 'unknown'],
    ['<button aria-label="Close">×</button>', 'Close'],
    ["<Field label={'Na' + 'me'} />", 'Na'],
    ['<input placeholder="Search here" />', 'Search here'],
    ['{#if a}<b title="Why">{m.b()}</b>{/if}', 'Why'],
    ['{#snippet aside()}All{/snippet}', 'All'],
  ])('%s', (source, text) => {
    expect(hardCodedTexts(source)[0]).toEqual({ line: 1, text });
  });

  it.each([
    '<p>{m.hello()} · 12 %</p>',
    '<code>nephos start</code>',
    '<p class="text-sm" id="count" style:width="2rem">{m.a()}</p>',
    "<p>{formatDate(at, 'short')}</p>",
    "{#if state === 'Running'}{m.a()}{/if}",
    '<input placeholder="https://billing.example.com/usage" />',
    '<input placeholder="cpuCount >= 8 && memoryBytes > 64" />',
    '<span>Nephos</span>',
  ])('are not in %s', (source) => {
    expect(hardCodedTexts(source)).toEqual([]);
  });

  it('are nowhere in the console', () => {
    const found = sourcesBelow(sourceFolder, '.svelte').flatMap((file) =>
      hardCodedTexts(readFileSync(file, 'utf8')).map(
        ({ line, text }) => `${path.relative(sourceFolder, file)}:${line}: ${text}`,
      ),
    );
    expect(found).toEqual([]);
  });
});
