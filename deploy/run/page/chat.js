// Converse.js as one of the accounts of ./run. Each tab keeps its session to itself, so that two can stand side by side.
import '/dist/converse.min.js';

const settings = await (await fetch('settings.json')).json();
const as = new URLSearchParams(location.search).get('as');
const name = as in settings.accounts ? as : 'ann';
document.title = `${name}: Annex`;
await window.converse.initialize({
  websocket_url: settings.websocket,
  jid: `${name}@${settings.domain}`,
  password: settings.accounts[name],
  authentication: 'login',
  auto_login: true,
  auto_reconnect: true,
  // Whoever comes first makes the room: one that stays, and that the directory may list.
  auto_join_rooms: [{
    jid: settings.room, nick: name, auto_configure: true,
    roomconfig: { roomname: 'Tea room', roomdesc: 'Where everybody of ./run meets', persistentroom: true, publicroom: true },
  }],
  discover_connection_methods: false,
  persistent_store: 'none',
  view_mode: 'fullscreen',
  assets_path: '/dist/',
  i18n: 'en',
  loglevel: 'warn',
  omemo_default: false,
  render_media: true,
  muc_show_join_leave: false,
  play_sounds: false,
});
document.body.dataset.ready = 'yes';
