// @xmpp/client: ann creates a room, configures it, talks in it with bea, who registers her nick; kicks bea, bans bea, destroys the room.
// xmpp_client.mjs SERVICE-URL DOMAIN COMPONENT (a URL: xmpp://host:port or ws://…); prints `done`, or fails.
import { client, xml } from '@xmpp/client';
import WebSocket from 'ws';

globalThis.WebSocket ??= WebSocket; // Node before 22
const [service, domain, component] = process.argv.slice(2);
const room = `heath@${component}`;
const MUC = 'http://jabber.org/protocol/muc';
const ERRORS = 'urn:ietf:params:xml:ns:xmpp-stanzas';

async function connect(user) {
  const xmpp = client({ service, domain, username: user, password: `pw-${user}`, resource: 'xmppjs' });
  const me = { user, xmpp, inbox: [], wake: () => {} };
  xmpp.on('error', error => { throw error; });
  xmpp.on('stanza', stanza => {
    if ((stanza.attrs.from ?? '').includes(component)) me.inbox.push(stanza), me.wake();
  });
  await xmpp.start();
  await xmpp.send(xml('presence'));
  return me;
}

// The first stanza that fits; what came before stays.
async function see(me, what, fits) {
  const until = Date.now() + 30000;
  for (;;) {
    const at = me.inbox.findIndex(fits);
    if (at >= 0) {
      console.log('seen', me.user, what);
      return me.inbox.splice(at, 1)[0];
    }
    const left = until - Date.now();
    if (left <= 0) throw new Error(`${me.user} did not see ${what}; it has\n${me.inbox.join('\n')}`);
    await new Promise(resolve => {
      const timer = setTimeout(resolve, left);
      me.wake = () => { clearTimeout(timer); resolve(); };
    });
  }
}

const codes = stanza => stanza.getChild('x', `${MUC}#user`)?.getChildren('status').map(s => Number(s.attrs.code)).sort() ?? [];
const presence = (nick, kind, ...wanted) => stanza => stanza.is('presence') && stanza.attrs.from === `${room}/${nick}`
  && stanza.attrs.type === kind && JSON.stringify(codes(stanza)) === JSON.stringify(wanted);
const error = (kind, condition) => stanza => stanza.is(kind) && stanza.attrs.type === 'error'
  && stanza.getChild('error')?.getChild(condition, ERRORS);
const says = (nick, body) => stanza => stanza.is('message') && stanza.attrs.from === `${room}/${nick}` && stanza.getChildText('body') === body;

const join = (me, nick) => me.xmpp.send(xml('presence', { to: `${room}/${nick}` }, xml('x', MUC)));
const say = (me, body) => me.xmpp.send(xml('message', { to: room, type: 'groupchat', id: `m${Math.random()}` }, xml('body', {}, body)));
const set = (me, payload) => me.xmpp.iqCaller.request(xml('iq', { type: 'set', to: room }, payload), 30000);
const get = (me, payload, to = room) => me.xmpp.iqCaller.request(xml('iq', { type: 'get', to }, payload), 30000);
const admin = (me, attributes, reason) =>
  set(me, xml('query', `${MUC}#admin`, xml('item', attributes, reason ? xml('reason', {}, reason) : undefined)));
const field = (name, ...values) => xml('field', { var: name }, ...values.map(v => xml('value', {}, v)));

async function refused(request, condition) {
  const failure = await request.then(() => null, e => e);
  if (failure?.condition !== condition) throw new Error(`${condition} expected, not ${failure?.condition ?? 'a result'}`);
  console.log('refused', condition);
}

const ann = await connect('ann');
const bea = await connect('bea');
await join(ann, 'firstwitch');
await see(ann, '201 with 110', presence('firstwitch', undefined, 110, 201));
const form = (await get(ann, xml('query', `${MUC}#owner`))).getChild('query').getChild('x', 'jabber:x:data');
const types = Object.fromEntries(form.getChildren('field').map(f => [f.attrs.var, f.attrs.type]));
if (types['muc#roomconfig_whois'] !== 'list-single' || types['muc#roomconfig_roomowners'] !== 'jid-multi') throw new Error(form.toString());
await set(ann, xml('query', `${MUC}#owner`, xml('x', { xmlns: 'jabber:x:data', type: 'submit' },
  field('FORM_TYPE', `${MUC}#roomconfig`), field('muc#roomconfig_roomname', 'A Heath'), field('muc#roomconfig_persistentroom', '1'))));
await join(bea, 'secondwitch');
await see(bea, 'its own presence', presence('secondwitch', undefined, 110));
await see(ann, 'bea', presence('secondwitch', undefined));
await say(ann, 'When the hurlyburly’s done <&>');
await see(bea, 'what ann says', says('firstwitch', 'When the hurlyburly’s done <&>'));
await say(bea, 'When the battle’s lost and won.');
await see(ann, 'what bea says', says('secondwitch', 'When the battle’s lost and won.'));
await refused(admin(bea, { nick: 'firstwitch', role: 'none' }), 'forbidden');
await set(bea, xml('query', 'jabber:iq:register', xml('x', { xmlns: 'jabber:x:data', type: 'submit' },
  field('FORM_TYPE', `${MUC}#register`), field('muc#register_roomnick', 'secondwitch'))));
const registered = (await get(bea, xml('query', 'jabber:iq:register'))).getChild('query');
if (!registered.getChild('registered') || registered.getChildText('username') !== 'secondwitch') throw new Error(registered.toString());
await admin(ann, { nick: 'secondwitch', role: 'none' }, 'Avaunt');
await see(bea, '307', presence('secondwitch', 'unavailable', 110, 307));
// Registered, bea was a member and told so by a presence of its own, which is not the one that is waited for now.
bea.inbox.length = 0;
await join(bea, 'secondwitch');
await see(bea, 'its own presence', presence('secondwitch', undefined, 110));
await admin(ann, { jid: `bea@${domain}`, affiliation: 'outcast' }, 'Treason');
await see(bea, '301', presence('secondwitch', 'unavailable', 110, 301));
await join(bea, 'secondwitch');
await see(bea, 'forbidden', error('presence', 'forbidden'));
await refused(set(bea, xml('query', `${MUC}#owner`, xml('destroy'))), 'forbidden');
await set(ann, xml('query', `${MUC}#owner`, xml('destroy', { jid: `forres@${component}` }, xml('reason', {}, 'Macbeth doth come'))));
await see(ann, 'the destruction', s => s.is('presence') && s.attrs.type === 'unavailable'
  && s.getChild('x', `${MUC}#user`)?.getChild('destroy')?.getChildText('reason') === 'Macbeth doth come');
await refused(get(bea, xml('query', 'http://jabber.org/protocol/disco#info')), 'gone');
console.log('done');
await Promise.all([ann.xmpp.stop(), bea.xmpp.stop()]);
