// Converse.js in a headless Chromium: its dialog for a new group chat finds a room by the directory's service.
// converse.mjs WEBSOCKET-URL JID PASSWORD SERVICE WORDS SCREENSHOT; prints what the dialog offers.
import http from 'node:http';
import fs from 'node:fs';
import path from 'node:path';
import { chromium } from 'playwright-core';

const [websocket, jid, password, service, words, screenshot] = process.argv.slice(2);
const dist = path.join(import.meta.dirname, 'node_modules/converse.js/dist');
const types = { '.js': 'text/javascript', '.css': 'text/css', '.json': 'application/json', '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2', '.wasm': 'application/wasm' };
const page = `<!doctype html><meta charset="utf-8"><link rel="stylesheet" href="/dist/converse.min.css"><body class="converse-fullscreen">
<script type="module">
import "/dist/converse.min.js";
window.converse.plugins.add('watch', { initialize() { window._converse = this._converse; } });
await window.converse.initialize(${JSON.stringify({
    websocket_url: websocket, jid, password, authentication: 'login', auto_login: true, view_mode: 'fullscreen',
    whitelisted_plugins: ['watch'], assets_path: '/dist/', loglevel: 'warn', discover_connection_methods: false, i18n: 'en',
    play_emojis: false, persistent_store: 'none', muc_search_service: service, theme: 'classic', dark_theme: 'classic',
  })});
window.ready = true;
</script>`;

const server = http.createServer((request, response) => {
  const url = new URL(request.url, 'http://x');
  if (url.pathname === '/') return response.setHeader('Content-Type', 'text/html'), response.end(page);
  const file = path.join(dist, path.normalize(url.pathname.replace(/^\/dist\//, '/')));
  if (!file.startsWith(dist) || !fs.existsSync(file) || !fs.statSync(file).isFile()) return response.writeHead(404).end();
  response.setHeader('Content-Type', types[path.extname(file)] ?? 'application/octet-stream');
  fs.createReadStream(file).pipe(response);
});
await new Promise(resolve => server.listen(0, '127.0.0.1', resolve));
const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
try {
  const tab = await browser.newPage({ viewport: { width: 1000, height: 700 } });
  const log = [];
  tab.on('console', message => log.push(message.text()));
  try {
    await tab.goto(`http://127.0.0.1:${server.address().port}/`);
    await tab.waitForFunction(() => window.ready && window._converse?.api.connection.connected(), null, { timeout: 90000 });
    await tab.evaluate(() => { window._converse.api.modal.show('converse-add-muc-modal'); });
    const input = tab.locator('converse-add-muc-modal input[name=chatroom]');
    await input.waitFor({ state: 'visible', timeout: 60000 });
    await input.pressSequentially(words, { delay: 30 });
    const offers = tab.locator('converse-add-muc-modal .suggestion-box__results li');
    await offers.first().waitFor({ state: 'visible', timeout: 60000 });
    for (const offer of await offers.allTextContents()) console.log('offered', offer);
    await tab.screenshot({ path: screenshot });
  } catch (error) {
    await tab.screenshot({ path: screenshot }).catch(() => {});
    console.log(log.join('\n'));
    throw error;
  }
} finally {
  await browser.close();
  server.close();
}
