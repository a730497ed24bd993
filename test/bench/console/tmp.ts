import { chromium } from '@playwright/test';
import { gzipSync } from 'node:zlib';
import { withMigratedDatabase } from '../../../scripts/launch/scratch-database.ts';
import { browserArguments, findBrowser } from '../../support/browser.ts';
import { adminPassword } from '../../support/server.ts';
import { ServerProcess } from '../../support/server-process.ts';
import { fillWorld } from '../tenancy-world.ts';
await withMigratedDatabase(async (databaseUrl) => {
  await using server = await ServerProcess.start({ databaseUrl });
  await fillWorld(databaseUrl, { domains: 20, accounts: 200, machines: 2000 });
  await using browser = await chromium.launch({ executablePath: findBrowser(), args: browserArguments });
  const context = await browser.newContext({viewport:{width:1600,height:1000}});
  const page = await context.newPage();
  await page.goto(`${server.url}/sign-in`);
  await page.getByLabel('User name').fill('admin');
  await page.getByLabel('Password').fill(adminPassword);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('heading', { level: 1, name: 'Dashboard' }).waitFor();
  const cookies = await context.cookies();
  for (let i=0;i<3;i++){
  const c2 = await browser.newContext({viewport:{width:1600,height:1000}}); await c2.addCookies(cookies);
  const p2 = await c2.newPage();
  const got: any[] = [];
  p2.on('response', r => { const t=r.request().resourceType(); if (t==='script'||t==='fetch') got.push((async()=>{const b=await r.body().catch(()=>Buffer.from('')); const tm=r.request().timing(); return {url:new URL(r.url()).pathname, gz:gzipSync(b).length, size:b.length, start:Math.round(tm.startTime), end: tm.responseEnd, enc: r.headers()['content-encoding'], post: r.request().postData()?.slice(0,60)}})()); });
  const t0=Date.now();
  await p2.goto(`${server.url}/virtual-machines`);
  await p2.waitForSelector('main table tbody tr a');
  console.log('table', Date.now()-t0);
  if (i===2){ const all=await Promise.all(got); for (const a of all) console.log(a.start-t0, Math.round(a.end), a.gz, a.url.split('/').slice(-2).join('/'), a.enc??'', a.post??''); console.log(all.length);
  console.log(await p2.evaluate(()=>JSON.stringify(performance.getEntriesByType('navigation').map((e:any)=>({dcl:e.domContentLoadedEventEnd,load:e.loadEventEnd,ttfb:e.responseStart})))), await p2.evaluate(()=>JSON.stringify(performance.getEntriesByType('paint').map(e=>[e.name,e.startTime]))));}
  await c2.close();
  }
});
process.exit(0);
