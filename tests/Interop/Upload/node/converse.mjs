// Converse.js in a headless Chromium: ann sends bea a picture through the upload service, and sees it in the chat.
// converse.mjs WEBSOCKET-URL JID PASSWORD PEER PICTURE SCREENSHOT; prints `done`, or fails.
import http from 'node:http';
import fs from 'node:fs';
import path from 'node:path';
import { chromium } from 'playwright-core';

const [websocket, jid, password, peer, picture, screenshot] = process.argv.slice(2);
const dist = path.join(import.meta.dirname, 'node_modules/converse.js/dist');
const types = { '.js': 'text/javascript', '.css': 'text/css', '.html': 'text/html', '.json': 'application/json',
  '.svg': 'image/svg+xml', '.woff2': 'font/woff2', '.wasm': 'application/wasm' };
const page = `<!doctype html><meta charset="utf-8"><link rel="stylesheet" href="/dist/converse.min.css"><body class="converse-fullscreen">
<script type="module">
import "/dist/converse.min.js";
window.converse.plugins.add('watch', { initialize() { window._converse = this._converse; } });
await window.converse.initialize(${JSON.stringify({
    websocket_url: websocket, jid, password, authentication: 'login', auto_login: true, view_mode: 'fullscreen',
    whitelisted_plugins: ['watch'], assets_path: '/dist/', loglevel: 'warn', discover_connection_methods: false, i18n: 'en',
    render_media: true, play_emojis: false, clear_cache_on_logout: true, persistent_store: 'none', omemo_default: false,
    theme: 'classic', dark_theme: 'classic',
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
  tab.on('response', answer => log.push(`${answer.status()} ${answer.request().method()} ${answer.url().slice(0, 120)}`));
  try {
    await tab.goto(`http://127.0.0.1:${server.address().port}/`);
    await tab.waitForFunction(() => window.ready && window._converse?.api.connection.connected(), null, { timeout: 90000 });
    await tab.evaluate(peer => window._converse.api.chats.open(peer, {}, true), peer);
    const input = tab.locator('converse-chat input.fileupload');
    await input.waitFor({ state: 'attached', timeout: 90000 });
    await input.setInputFiles(picture);
    const shown = tab.locator('converse-chat-message img.chat-image');
    await shown.waitFor({ state: 'visible', timeout: 60000 });
    await tab.waitForFunction(() => {
      const image = document.querySelector('converse-chat-message img.chat-image');
      return image && image.complete && image.naturalWidth > 0;
    }, null, { timeout: 60000 });
    console.log('shown', await shown.evaluate(image => `${image.naturalWidth}x${image.naturalHeight} ${image.src}`));
    await tab.screenshot({ path: screenshot });
    console.log('done');
  } catch (error) {
    await tab.screenshot({ path: screenshot }).catch(() => {});
    console.log(log.join('\n'));
    throw error;
  }
} finally {
  await browser.close();
  server.close();
}
