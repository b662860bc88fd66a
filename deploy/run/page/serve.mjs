// serve.mjs PORT FOLDER: the newcomer's page on 127.0.0.1. FOLDER has settings.json and Converse.js (package/dist).
import http from 'node:http';
import fs from 'node:fs';
import path from 'node:path';

const port = Number(process.argv[2]);
const folder = path.resolve(process.argv[3]);
const here = import.meta.dirname ?? path.dirname(new URL(import.meta.url).pathname);
const settings = JSON.parse(fs.readFileSync(path.join(folder, 'settings.json'), 'utf8'));
const types = {
  '.html': 'text/html; charset=utf-8', '.js': 'text/javascript; charset=utf-8', '.css': 'text/css; charset=utf-8',
  '.json': 'application/json', '.svg': 'image/svg+xml', '.woff2': 'font/woff2', '.wasm': 'application/wasm', '.png': 'image/png',
  '.ogg': 'audio/ogg', '.mp3': 'audio/mpeg', '.webp': 'image/webp',
};
const own = { '/': 'index.html', '/index.js': 'index.js', '/chat': 'chat.html', '/chat.js': 'chat.js', '/page.css': 'page.css' };

const fileOf = pathname => {
  if (own[pathname]) return path.join(here, own[pathname]);
  const dist = path.join(folder, 'package/dist');
  // Converse.js asks for its WebAssembly beside the page.
  if (/^\/\w+\.wasm$/.test(pathname)) return path.join(dist, pathname);
  const file = path.join(dist, path.normalize(pathname.replace(/^\/dist\//, '/')));
  return pathname.startsWith('/dist/') && file.startsWith(dist + path.sep) ? file : null;
};

const server = http.createServer((request, response) => {
  const { pathname } = new URL(request.url, 'http://page');
  // The settings hold passwords: a name that somebody points at 127.0.0.1 must not read them.
  if (!['127.0.0.1', 'localhost'].includes((request.headers.host ?? '').replace(/:\d+$/, '')))
    return response.writeHead(403).end('This page is for this machine alone.\n');
  response.setHeader('X-Content-Type-Options', 'nosniff');
  response.setHeader('Cache-Control', own[pathname] || pathname === '/settings.json' ? 'no-store' : 'max-age=86400');
  if (pathname === '/settings.json')
    return response.setHeader('Content-Type', types['.json']).end(JSON.stringify(settings));
  let file;
  try {
    file = fileOf(decodeURIComponent(pathname));
  } catch {
    file = null;
  }
  if (!file || !fs.existsSync(file) || !fs.statSync(file).isFile()) return response.writeHead(404).end();
  response.setHeader('Content-Type', types[path.extname(file)] ?? 'application/octet-stream');
  fs.createReadStream(file).on('error', () => response.destroy()).pipe(response);
});
server.listen(port, '127.0.0.1');
