'use strict';

const show = text => { document.getElementById('state').textContent = text; };
const base64url = buffer => btoa(String.fromCharCode(...new Uint8Array(buffer)))
  .replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');

async function present(subscription) {
  document.getElementById('values').hidden = !subscription;
  show(subscription ? 'Subscribed.' : 'Not subscribed.');
  if (!subscription) return;
  const values = {
    endpoint: subscription.endpoint,
    p256dh: base64url(subscription.getKey('p256dh')),
    auth: base64url(subscription.getKey('auth')),
    key: base64url(subscription.options.applicationServerKey),
  };
  for (const [name, value] of Object.entries(values)) document.getElementById(name).textContent = value;
}

async function subscribe(registration) {
  if (await Notification.requestPermission() !== 'granted') {
    show('The browser does not allow notifications for this page.');
    return;
  }
  show('The browser asks its push network…');
  const key = await (await fetch('key')).text();
  // Chromium demands that every push shows a notification.
  const options = { userVisibleOnly: true, applicationServerKey: key.trim() };
  await present(await registration.pushManager.subscribe(options));
}

async function start() {
  if (!('serviceWorker' in navigator) || !('PushManager' in window)) {
    show('This browser has no Web Push here; it may need https.');
    return;
  }
  navigator.serviceWorker.addEventListener('message', event => {
    const item = document.createElement('li');
    item.textContent = `${new Date().toLocaleTimeString()} ${JSON.stringify(event.data)}`;
    document.getElementById('received').prepend(item);
  });
  await navigator.serviceWorker.register('worker.js');
  const registration = await navigator.serviceWorker.ready;
  const on = (id, work) => document.getElementById(id).addEventListener('click', () => work().catch(e => show(String(e))));
  on('subscribe', () => subscribe(registration));
  on('unsubscribe', async () => {
    const subscription = await registration.pushManager.getSubscription();
    if (subscription) await subscription.unsubscribe();
    await present(null);
  });
  await present(await registration.pushManager.getSubscription());
}

start().catch(e => show(String(e)));
