import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { ApiError } from '../support/api-client.ts';
import { Unexpected } from './step.ts';
import type { World } from './world.ts';

interface LogLine {
  time: number;
  level: number;
  msg: string;
  pid: number;
  hostname: string;
  name: string;
}

const logLines = 12;
const longestLine = 300;

/** Why a step failed, for people: the error, what is known of it, and the ends of the logs. */
export async function causeOf(error: unknown, world: World): Promise<string> {
  return [...describe(error), ...(await endsOfLogs(world))].map((line) => `      ${line}`).join('\n');
}

function describe(error: unknown): string[] {
  if (error instanceof ApiError) {
    return error.all.flatMap(({ message, extensions: { code, details, remedy, traceId } }) => [
      `${code}: ${message}`,
      ...(details === undefined ? [] : [`details: ${JSON.stringify(details)}`]),
      ...(remedy === undefined ? [] : [`remedy: ${remedy}`]),
      `trace: ${traceId ?? 'none'}`,
    ]);
  }
  // A subscription fails with a list of GraphQL errors, or with how its socket was closed.
  if (!(error instanceof Error)) return [JSON.stringify(error)];
  const own = error instanceof Unexpected ? error.message : `${error.name}: ${error.message}`;
  const { cause } = error;
  // Some messages have their cause in them already.
  const isTold = cause === undefined || (cause instanceof Error && own.includes(cause.message.trim()));
  return [...own.split('\n'), ...(isTold ? [] : describe(cause).map((line) => `because of ${line}`))];
}

async function endsOfLogs(world: World): Promise<string[]> {
  if (world.dataFolder === undefined) return [];
  const folder = path.join(world.dataFolder, 'logs');
  if (!existsSync(folder)) return [];
  const ends = (await readdir(folder)).sort().map(async (name) => {
    const lines = (await readFile(path.join(folder, name), 'utf8')).trimEnd().split('\n').slice(-logLines);
    return [`the end of ${name}:`, ...lines.map((line) => `  ${readable(line).slice(0, longestLine)}`)];
  });
  return (await Promise.all(ends)).flat();
}

/** A line of a log without what is the same in all of them; what is no JSON stays as it is. */
function readable(line: string): string {
  try {
    const { time, level, msg, pid: _, hostname: __, name: ___, ...facts } = JSON.parse(line) as LogLine;
    const severity = level >= 50 ? ' ERROR' : level >= 40 ? ' WARN' : '';
    return `${new Date(time).toISOString().slice(11, -1)}${severity} ${msg} ${JSON.stringify(facts)}`;
  } catch {
    return line;
  }
}
