// The directory's pages in a headless Chromium: at a telephone's and a desktop's width, light and dark, with axe-core, by
// keyboard alone, and without JavaScript. pages.mjs URL ROOM SCREENSHOTS; prints what it saw, fails at the first fault.
import fs from 'node:fs';
import path from 'node:path';
import assert from 'node:assert/strict';
import jsQR from 'jsqr';
import { chromium } from 'playwright-core';

const [base, room, shots] = process.argv.slice(2);
const axe = fs.readFileSync(path.join(import.meta.dirname, 'node_modules/axe-core/axe.min.js'), 'utf8');
const pages = {
  home: '/', second: '/rooms/2', results: '/search?q=garden', filtered: '/search?q=garden&f=y&sinname=on&language=de', tag: '/search?q=&tag=music',
  empty: '/search?q=zzzzyx', short: '/search?q=.', room: `/room/${room}`, unlisted: '/room/none@example.org', missing: '/no/such/page',
  owners: '/docs/owners', api: '/docs/api', stats: '/stats',
};
const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });

async function open(options) {
  const context = await browser.newContext(options);
  const tab = await context.newPage();
  tab.faults = [];
  // A page that is told to be missing says so on the console too.
  tab.on('console', message => { if (message.type() === 'error' && !/status of 404/.test(message.text())) tab.faults.push(message.text()); });
  tab.on('pageerror', error => tab.faults.push(String(error)));
  tab.on('request', request => { if (!request.url().startsWith(base)) tab.faults.push(`elsewhere: ${request.url()}`); });
  return tab;
}

try {
  for (const [name, width, height, scheme] of [['phone-light', 390, 844, 'light'], ['phone-dark', 390, 844, 'dark'],
    ['desktop-light', 1280, 800, 'light'], ['desktop-dark', 1280, 800, 'dark']]) {
    const tab = await open({ viewport: { width, height }, colorScheme: scheme });
    for (const [page, url] of Object.entries(pages)) {
      await tab.goto(base + url);
      await tab.screenshot({ path: path.join(shots, `search-${page}-${name}.png`), fullPage: true });
      const overflow = await tab.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      assert.ok(overflow <= 0, `${page} ${name} is ${overflow} pixels too wide`);
      // Both widths and both schemes once: it takes most of the time.
      if (name !== 'phone-light' && name !== 'desktop-dark') continue;
      await tab.evaluate(axe);
      const result = await tab.evaluate(() => window.axe.run(document, { resultTypes: ['violations'] }));
      assert.deepEqual(result.violations.map(v => `${v.id}: ${v.nodes.map(n => n.html).join(' | ')}`), [], `${page} ${name}`);
    }
    assert.deepEqual(tab.faults, []);
    await tab.context().close();
  }
  console.log(`axe found nothing on ${Object.keys(pages).length} pages`);

  const tab = await open({ viewport: { width: 1280, height: 800 } });
  const focused = () => tab.evaluate(() => {
    const e = document.activeElement;
    const style = getComputedStyle(e);
    return { text: (e.getAttribute('aria-label') ?? e.textContent ?? '').trim() || e.name, outline: style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2 };
  });
  const tabTo = async wanted => {
    for (let i = 0; i < 40; i++) {
      await tab.keyboard.press('Tab');
      const now = await focused();
      assert.ok(now.outline, `no outline on ${now.text}`);
      if (now.text === wanted) return;
    }
    assert.fail(`${wanted} cannot be reached`);
  };
  await tab.goto(base + '/');
  await tabTo('Skip to content');
  await tabTo('q');
  await tab.keyboard.type('garden');
  await tab.waitForFunction(() => document.querySelectorAll('#found .room').length > 0 && location.search.includes('q=garden'));
  assert.match(await tab.locator('p[role=status]').textContent(), /match/);
  console.log('results come while one types, and are told');
  // The address is that of the results already: only the page's arrival tells that the form was sent.
  const sent = tab.waitForEvent('load');
  await tab.keyboard.press('Enter');
  await sent;
  assert.match(tab.url(), /\/search\?q=garden/);
  const first = await tab.locator('.room h2 a').first().textContent();
  await tabTo(first);
  await tab.keyboard.press('Enter');
  await tab.waitForURL(/\/room\//);
  assert.equal(await tab.locator('h1').textContent(), first);
  await tabTo('Join');
  assert.match(await tab.evaluate(() => document.activeElement.href), /^xmpp:[^?]+@[^?]+\?join$/);
  // The code is read by a decoder that is not ours.
  const pixels = await tab.locator('.code img').evaluate(async image => {
    await image.decode();
    const canvas = document.createElement('canvas');
    canvas.width = canvas.height = 400;
    canvas.getContext('2d').drawImage(image, 0, 0, 400, 400);
    return Array.from(canvas.getContext('2d').getImageData(0, 0, 400, 400).data);
  });
  assert.equal((jsQR.default ?? jsQR)(Uint8ClampedArray.from(pixels), 400, 400)?.data, await tab.locator('article a.join').getAttribute('href'));
  assert.deepEqual(tab.faults, []);
  console.log('a room is found and joined by keyboard alone');

  const bare = await open({ viewport: { width: 390, height: 844 }, javaScriptEnabled: false });
  await bare.goto(base + '/');
  await bare.fill('#q', 'garden');
  await bare.keyboard.press('Enter');
  await bare.waitForURL(/q=garden/);
  assert.ok(await bare.locator('.room').count() > 0);
  await bare.click('.filters summary');
  await bare.selectOption('select[name=language]', 'de');
  await bare.click('.filters button');
  await bare.waitForURL(/language=de/);
  assert.ok(await bare.locator('.room').count() > 0);
  assert.deepEqual(bare.faults, []);
  console.log('everything works without JavaScript');
} finally {
  await browser.close();
}
