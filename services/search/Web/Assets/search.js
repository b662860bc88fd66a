// Shows results while one types. Without it the form does the same when it is sent.
'use strict';
(() => {
  const form = document.querySelector('form.search');
  const input = form && form.elements.q;
  if (!input || !window.fetch) return;
  // Told by screen readers when it changes; it has to be there before.
  const said = document.createElement('p');
  said.className = 'hidden';
  said.setAttribute('role', 'status');
  document.body.append(said);
  let timer = 0;
  let running = null;
  let shown = input.value.trim();

  async function show() {
    const text = input.value.trim();
    if (text === shown || text.length < 2) return;
    shown = text;
    if (running) running.abort();
    running = new AbortController();
    // The filters that are set stay set.
    const here = new URL(location.href);
    const url = here.pathname === new URL(form.action).pathname ? here : new URL(form.action);
    url.searchParams.set('q', text);
    url.searchParams.delete('after');
    try {
      const reply = await fetch(url, { headers: { 'X-Requested-With': 'search.js' }, signal: running.signal });
      if (!reply.ok) return;
      const markup = await reply.text();
      let found = document.getElementById('found');
      if (!found) {
        const main = document.getElementById('main');
        main.textContent = '';
        const heading = document.createElement('h1');
        found = document.createElement('div');
        found.id = 'found';
        main.append(heading, found);
      }
      document.querySelector('main h1').textContent = `Search for “${text}”`;
      const filters = document.querySelector('input[type=hidden][name=q]');
      if (filters) filters.value = text;
      // The server wrote it, with everything from outside escaped.
      found.innerHTML = markup;
      said.textContent = document.getElementById('summary').textContent;
      document.title = document.title.replace(/^.*?(?= – |$)/, text);
      history.replaceState(null, '', url);
    } catch (error) {
      if (error.name !== 'AbortError') throw error;
    }
  }

  input.addEventListener('input', () => {
    clearTimeout(timer);
    timer = setTimeout(show, 250);
  });
})();
