// Converse.js in a headless Chromium: ann creates a room, configures it with Converse's own form, talks in it with bea, registers
// her nick, kicks bea, bans bea, and destroys the room. Each has a browser context of its own.
// converse.mjs WEBSOCKET-URL DOMAIN SERVICE SCREENSHOT-PREFIX; prints `done`, or fails.
import http from 'node:http';
import fs from 'node:fs';
import path from 'node:path';
import { chromium } from 'playwright-core';

const [websocket, domain, service, shots] = process.argv.slice(2);
const room = `coven@${service}`;
const dist = path.join(import.meta.dirname, 'node_modules/converse.js/dist');
const types = { '.js': 'text/javascript', '.css': 'text/css', '.html': 'text/html', '.json': 'application/json',
  '.svg': 'image/svg+xml', '.woff2': 'font/woff2', '.wasm': 'application/wasm' };
const page = user => `<!doctype html><meta charset="utf-8"><link rel="stylesheet" href="/dist/converse.min.css">
<body class="converse-fullscreen"><script type="module">
import "/dist/converse.min.js";
window.converse.plugins.add('watch', { initialize() { window._converse = this._converse; } });
await window.converse.initialize(${JSON.stringify({
    websocket_url: websocket, jid: `${user}@${domain}`, password: `pw-${user}`, authentication: 'login', auto_login: true,
    view_mode: 'fullscreen', whitelisted_plugins: ['watch'], assets_path: '/dist/', loglevel: 'warn', i18n: 'en',
    discover_connection_methods: false, play_emojis: false, clear_cache_on_logout: true, persistent_store: 'none',
    omemo_default: false, theme: 'classic', dark_theme: 'classic', muc_instant_rooms: false,
    // Nobody but the two in this room: no avatars from elsewhere.
    show_client_info: false, allow_url_history_change: false,
  })});
window.ready = true;
</script>`;

const server = http.createServer((request, response) => {
  const url = new URL(request.url, 'http://x');
  if (url.pathname === '/') return response.setHeader('Content-Type', 'text/html'), response.end(page(url.searchParams.get('user')));
  const file = path.join(dist, path.normalize(url.pathname.replace(/^\/dist\//, '/')));
  if (!file.startsWith(dist) || !fs.existsSync(file) || !fs.statSync(file).isFile()) return response.writeHead(404).end();
  response.setHeader('Content-Type', types[path.extname(file)] ?? 'application/octet-stream');
  fs.createReadStream(file).pipe(response);
});
await new Promise(resolve => server.listen(0, '127.0.0.1', resolve));
const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
const tabs = {};

async function connect(user) {
  const context = await browser.newContext({ viewport: { width: 1100, height: 720 } });
  const tab = tabs[user] = await context.newPage();
  tab.log = [];
  tab.on('pageerror', error => tab.log.push(error.stack ?? String(error)));
  tab.on('console', message => tab.log.push(message.text()));
  tab.on('response', answer => answer.status() >= 400 && tab.log.push(`${answer.status()} ${answer.url()}`));
  await tab.goto(`http://127.0.0.1:${server.address().port}/?user=${user}`);
  await tab.waitForFunction(() => window.ready && window._converse?.api.connection.connected(), null, { timeout: 90000 });
  return tab;
}

const open = (tab, nick) => tab.evaluate(([room, nick]) => void window._converse.api.rooms.open(room, { nick }, true), [room, nick]);

async function type(tab, text) {
  const input = tab.locator('converse-muc textarea.chat-textarea');
  await input.waitFor({ state: 'visible', timeout: 60000 });
  await tab.bringToFront();
  await input.click();
  await input.pressSequentially(text);
  await tab.locator('converse-muc .send-button').click();
}

async function sees(tab, text) {
  await tab.bringToFront();
  await tab.locator('converse-muc').getByText(text, { exact: false }).first().waitFor({ state: 'visible', timeout: 60000 });
  console.log('seen', text);
}

// What the client's own model of the room says.
const until = (tab, what, test, argument) => tab.waitForFunction(test, [room, argument], { timeout: 60000 })
  .then(() => console.log('holds', what), error => { throw new Error(`${what}: ${error.message}`); });

async function configure(ann) {
  const form = ann.locator('converse-muc-config-modal');
  const name = form.locator('input[name="muc#roomconfig_roomname"]');
  await name.waitFor({ state: 'visible', timeout: 60000 });
  await name.fill('A Dark Cave');
  await form.locator('[name="muc#roomconfig_roomdesc"]').fill('The place for all good witches!');
  await form.locator('input[name="muc#roomconfig_persistentroom"]').check();
  await ann.screenshot({ path: `${shots}-form.png` });
  await form.locator('input[type="submit"], button[type="submit"]').first().click();
  await until(ann, 'the configuration is in force', ([room]) => {
    const config = window._converse.state.chatboxes.get(room)?.config;
    return config?.get('name') === 'A Dark Cave' || config?.get('roomname') === 'A Dark Cave';
  });
  const close = form.locator('button.btn-close');
  if (await close.isVisible()) await close.click();
}

async function destroy(ann) {
  await type(ann, '/destroy');
  const confirm = ann.locator('converse-confirm-modal');
  await confirm.locator('input[name="challenge"]').fill(room);
  await confirm.locator('input[name="reason"]').fill('Macbeth doth come');
  await confirm.locator('button[type="submit"], input[type="submit"]').first().click();
}

async function live() {
  const ann = await connect('ann');
  const bea = await connect('bea');
  await open(ann, 'firstwitch');
  await configure(ann);
  await open(bea, 'secondwitch');
  await until(ann, 'bea is in', ([room]) => window._converse.state.chatboxes.get(room).occupants.findWhere({ nick: 'secondwitch' }));
  await type(ann, 'When shall we three meet again?');
  await sees(bea, 'When shall we three meet again?');
  await type(bea, 'In thunder, lightning, or in rain?');
  await sees(ann, 'In thunder, lightning, or in rain?');
  await type(bea, '/register');
  await until(bea, 'her nick is registered', async ([room]) => {
    const muc = window._converse.state.chatboxes.get(room);
    return muc.getOwnOccupant()?.get('affiliation') === 'member';
  });
  await ann.screenshot({ path: `${shots}.png` });
  await type(ann, '/kick secondwitch too loud');
  await sees(bea, 'too loud');
  console.log('seen the kick by', await bea.locator('converse-muc-disconnected').innerText());
  await bea.evaluate(room => void window._converse.state.chatboxes.get(room).rejoin(), room);
  await sees(bea, 'When shall we three meet again?');
  await type(ann, '/ban secondwitch treason');
  await sees(bea, 'treason');
  await bea.screenshot({ path: `${shots}-banned.png` });
  await destroy(ann);
  await until(ann, 'the room is closed', ([room]) => !window._converse.state.chatboxes.get(room));
  await open(ann, 'firstwitch');
  await until(ann, 'her own room may be made anew, and is locked again', ([room]) =>
    window._converse.state.chatboxes.get(room)?.session.get('connection_status') === 5);
  console.log('done');
}

try {
  await live();
} catch (error) {
  for (const [user, tab] of Object.entries(tabs)) {
    await tab.screenshot({ path: `${shots}-failed-${user}.png` }).catch(() => {});
    console.log(user, tab.log.join('\n'));
  }
  throw error;
} finally {
  await browser.close();
  server.close();
}
