'use strict';

// A push says at least for which account it is; who wrote and what, only if that was asked for and is allowed.
self.addEventListener('push', event => {
  let push = {};
  try {
    push = event.data ? event.data.json() : {};
  } catch {
    // Not ours, or empty: there is something new, no more is known.
  }
  const title = push.sender || push.room || 'New message';
  const options = { body: push.body || '', tag: push.channel || push.account || 'annex' };
  // The page that subscribes is not under this worker's control until it is loaded again.
  event.waitUntil(Promise.all([
    self.registration.showNotification(title, options),
    self.clients.matchAll({ type: 'window', includeUncontrolled: true }).then(pages => pages.forEach(page => page.postMessage(push))),
  ]));
});

self.addEventListener('notificationclick', event => {
  event.notification.close();
  event.waitUntil(self.clients.matchAll({ type: 'window', includeUncontrolled: true })
    .then(pages => pages.length ? pages[0].focus() : self.clients.openWindow('./')));
});
