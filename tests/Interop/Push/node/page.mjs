// The page of the push service in a headless Chromium, at a desktop's and at a phone's width.
// page.mjs URL ENDPOINT P256DH AUTH SCREENSHOTS; prints what PushManager.subscribe says here, then the four values that the
// page shows, reads one line (what the browser's push network would hand to the worker), and prints `done`, or fails.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import readline from 'node:readline';
import { chromium } from '../../Upload/node/node_modules/playwright-core/index.mjs';

const [url, endpoint, p256dh, auth, screenshots] = process.argv.slice(2);
const origin = new URL(url).origin;
const lines = readline.createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const contexts = [];

async function open(viewport, stub) {
  // A profile of its own on disk: a private window has no push at all.
  const profile = fs.mkdtempSync(path.join(os.tmpdir(), 'annex-page-'));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: '/usr/bin/chromium', args: ['--no-sandbox'], viewport });
  contexts.push({ context, profile });
  await context.grantPermissions(['notifications'], { origin });
  if (stub) {
    // A browser without its vendor's push network cannot subscribe: everything but that network is the browser's own.
    await context.addInitScript(({ endpoint, p256dh, auth }) => {
      const bytes = text => Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), c => c.charCodeAt(0)).buffer;
      const kept = { get: () => JSON.parse(localStorage.getItem('stub')), set: v => localStorage.setItem('stub', JSON.stringify(v)) };
      const subscription = key => ({
        endpoint,
        getKey: name => bytes({ p256dh, auth }[name]),
        options: { applicationServerKey: bytes(key) },
        unsubscribe: async () => { kept.set(null); return true; },
      });
      PushManager.prototype.subscribe = async options => {
        if (!options.userVisibleOnly) throw new Error('not userVisibleOnly');
        if (Notification.permission !== 'granted') throw new Error(`permission ${Notification.permission}`);
        kept.set(options.applicationServerKey);
        return subscription(options.applicationServerKey);
      };
      PushManager.prototype.getSubscription = async () => kept.get() && subscription(kept.get());
    }, { endpoint, p256dh, auth });
  }
  const page = context.pages()[0] ?? await context.newPage();
  page.errors = [];
  page.on('pageerror', error => page.errors.push(String(error)));
  page.on('console', message => message.type() === 'error' && page.errors.push(message.text()));
  await page.goto(url);
  await page.waitForFunction(() => document.getElementById('state').textContent !== '…');
  return page;
}

const state = page => page.locator('#state').textContent();
const expect = (holds, what) => { if (!holds) throw new Error(what); };

async function fits(page, name) {
  await page.screenshot({ path: path.join(screenshots, `push-page-${name}.png`), fullPage: true });
  const [wide, visible] = await page.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]);
  expect(wide <= visible, `${name}: ${wide} wide in ${visible}`);
}

try {
  // The browser's own PushManager first: without its network it says so, and the page shows that.
  const bare = await open({ width: 1280, height: 800 }, false);
  expect(await state(bare) === 'Not subscribed.', await state(bare));
  await bare.click('#subscribe');
  await bare.waitForFunction(() => document.getElementById('state').textContent !== 'Not subscribed.');
  // Its answer may take minutes, for the browser tries again by itself: it is not waited for.
  await bare.waitForFunction(() => /Error|Subscribed/.test(document.getElementById('state').textContent), null, { timeout: 3000 })
    .catch(() => {});
  console.log(`real ${await state(bare)}`);
  await fits(bare, 'refused');

  const page = await open({ width: 1280, height: 800 }, true);
  const cdp = await page.context().newCDPSession(page);
  const worker = new Promise(resolve => cdp.on('ServiceWorker.workerRegistrationUpdated', event =>
    event.registrations.forEach(r => r.scopeURL.startsWith(origin) && resolve(r.registrationId))));
  await cdp.send('ServiceWorker.enable');
  await page.click('#subscribe');
  await page.waitForFunction(() => document.getElementById('state').textContent === 'Subscribed.');
  await page.locator('#values').waitFor({ state: 'visible' });
  const values = {};
  for (const id of ['endpoint', 'p256dh', 'auth', 'key']) values[id] = await page.locator(`#${id}`).textContent();
  console.log(`values ${JSON.stringify(values)}`);

  const data = (await lines.next()).value;
  await cdp.send('ServiceWorker.deliverPushMessage', { origin, registrationId: await worker, data });
  const received = page.locator('#received li').first();
  await received.waitFor();
  expect((await received.textContent()).includes(JSON.parse(data).account), await received.textContent());
  const shown = await page.evaluate(async () =>
    (await (await navigator.serviceWorker.ready).getNotifications()).map(n => n.title));
  expect(shown.length === 1 && shown[0] === 'New message', `notifications: ${JSON.stringify(shown)}`);
  await fits(page, 'desktop');

  // What is subscribed once is found again, on a phone's width too.
  await page.setViewportSize({ width: 390, height: 844 });
  await page.reload();
  await page.waitForFunction(() => document.getElementById('state').textContent === 'Subscribed.');
  await fits(page, 'phone');
  await page.click('#unsubscribe');
  await page.waitForFunction(() => document.getElementById('state').textContent === 'Not subscribed.');
  expect(!await page.locator('#values').isVisible(), 'the values are still shown');
  expect(page.errors.length === 0, page.errors.join('; '));
  console.log('done');
} catch (error) {
  console.log(`failed: ${error.stack}`);
  process.exitCode = 1;
} finally {
  for (const { context, profile } of contexts) {
    await context.close();
    fs.rmSync(profile, { recursive: true, force: true });
  }
  process.stdin.destroy();
}
