const settings = await (await fetch('settings.json')).json();
const put = (id, text) => { document.getElementById(id).textContent = text; };
put('server', settings.server === 'prosody' ? 'Prosody' : 'ejabberd');
put('domain', settings.domain);
put('room', settings.room);
for (const part of document.querySelectorAll('.domain')) part.textContent = settings.domain;
for (const id of ['directory', 'status']) document.getElementById(id).href = settings[id];
for (const [name, password] of Object.entries(settings.accounts)) {
  const row = document.getElementById('accounts').insertRow();
  for (const text of [`${name}@${settings.domain}`, password]) {
    row.insertCell().append(Object.assign(document.createElement('code'), { textContent: text }));
  }
}
document.body.dataset.ready = 'yes';
