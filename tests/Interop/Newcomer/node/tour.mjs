// tour.mjs PAGE FOLDER: what a newcomer does with the page of ./run, in a real browser: two tabs, a picture, the
// directory, the status page. Screenshots go to FOLDER; prints a line for each step with its time, then `done`.
import fs from 'node:fs';
import path from 'node:path';
import { chromium } from 'playwright-core';

const [page, folder] = process.argv.slice(2);
fs.mkdirSync(folder, { recursive: true });
const began = Date.now();
const step = text => console.log(`${((Date.now() - began) / 1000).toFixed(1)} s ${text}`);
const patience = { timeout: 90000 };
const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
const context = await browser.newContext({ viewport: { width: 1100, height: 760 }, colorScheme: 'light' });
const log = [];
context.on('console', message => log.push(message.text().slice(0, 300)));
const shot = (tab, name) => tab.screenshot({ path: path.join(folder, `${name}.png`) });

const follow = async (start, selector) => {
  const [tab] = await Promise.all([context.waitForEvent('page', patience), start.click(selector)]);
  return tab;
};
// The picture that is shared: drawn here.
const draw = async () => {
  const flowers = Array.from({ length: 46 }, (_, i) => {
    const x = (i * 97) % 480, y = 218 + (i * 53) % 76, size = 3 + (y - 210) / 18;
    return `<circle cx="${x}" cy="${y}" r="${size}" fill="${['#f4c542', '#e8577e', '#f7f3ee', '#b48ae0'][i % 4]}"/>`;
  }).join('');
  const tab = await context.newPage();
  await tab.setViewportSize({ width: 480, height: 300 });
  await tab.setContent(`<style>body{margin:0}</style><svg width="480" height="300"><defs><linearGradient id="s" x2="0" y2="1">
    <stop stop-color="#7db7ea"/><stop offset="1" stop-color="#fbe3c0"/></linearGradient></defs><rect width="480" height="300" fill="url(#s)"/>
    <circle cx="372" cy="72" r="30" fill="#fff3c4"/><path d="M0 190 Q120 110 250 180 T480 150 V300 H0Z" fill="#6d9f71"/>
    <path d="M0 232 Q140 176 300 222 T480 210 V300 H0Z" fill="#4c8455"/>${flowers}</svg>`);
  const buffer = await tab.screenshot();
  await tab.close();
  return { name: 'garden.png', mimeType: 'image/png', buffer };
};
const say = async (tab, text) => {
  const area = tab.locator('converse-muc textarea.chat-textarea');
  await area.waitFor(patience);
  await tab.waitForFunction(() => document.querySelector('converse-muc textarea.chat-textarea')?.disabled === false, null, patience);
  await area.fill(text);
  await area.press('Enter');
};
const sees = (tab, text) => tab.locator('converse-muc converse-chat-message', { hasText: text }).first().waitFor(patience);

let tabs = {};
try {
  const start = tabs.start = await context.newPage();
  await start.goto(page);
  await start.waitForSelector('body[data-ready]', patience);
  await shot(start, 'page');
  step('the page is open');

  const ann = tabs.ann = await follow(start, '#ann');
  const bea = tabs.bea = await follow(start, '#bea');
  await say(ann, 'Hello bea, tea at four?');
  await sees(bea, 'tea at four?');
  await say(bea, 'With pleasure. The garden today:');
  await sees(ann, 'The garden today');
  step('ann and bea chat');

  const input = bea.locator('converse-muc input.fileupload');
  await input.waitFor({ state: 'attached', ...patience });
  await input.setInputFiles(await draw());
  for (const tab of [bea, ann]) {
    await tab.locator('converse-chat-message img.chat-image').waitFor({ state: 'visible', ...patience });
    await tab.waitForFunction(() => {
      const image = document.querySelector('converse-chat-message img.chat-image');
      return image?.complete && image.naturalWidth > 0;
    }, null, patience);
  }
  await shot(ann, 'chat');
  step('bea shared a picture, ann sees it');

  const directory = tabs.directory = await follow(start, '#directory');
  const found = directory.locator('body', { hasText: /tea@muc\.|Tea/ });
  await directory.waitForLoadState();
  for (const until = Date.now() + 90000; !await found.count(); await directory.reload()) {
    if (Date.now() > until) throw new Error('the room is not in the directory');
  }
  await shot(directory, 'directory');
  step('the room is in the directory');

  const status = tabs.status = await follow(start, '#status');
  await status.locator('article.card').first().waitFor(patience);
  const cards = await status.locator('article.card').count();
  const verdict = await status.locator('.verdict').textContent();
  await status.screenshot({ path: path.join(folder, 'status.png'), fullPage: true });
  step(`the status page shows ${cards} services: ${verdict}`);
  await status.emulateMedia({ colorScheme: 'dark' });
  await status.screenshot({ path: path.join(folder, 'status-dark.png'), fullPage: true });
  await status.setViewportSize({ width: 390, height: 800 });
  const width = await status.evaluate(() => document.documentElement.scrollWidth);
  if (width > 390) throw new Error(`the status page is ${width} wide on a phone`);
  await status.screenshot({ path: path.join(folder, 'status-phone.png'), fullPage: true });
  await start.emulateMedia({ colorScheme: 'dark' });
  await start.setViewportSize({ width: 390, height: 800 });
  await start.screenshot({ path: path.join(folder, 'page-phone.png'), fullPage: true });
  console.log('done');
} catch (error) {
  for (const [name, tab] of Object.entries(tabs)) await shot(tab, `failed-${name}`).catch(() => {});
  console.log(log.slice(-40).join('\n'));
  throw error;
} finally {
  await browser.close();
}
