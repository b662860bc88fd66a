# Sourced by ./run: the page on which a newcomer tries the suite, with Converse.js in the browser. Loopback only.

# The digest is npm's own of that version: what is served is what was tried.
converse=14.0.0
converse_sha512=LFUg030jDalV47vI/vyVPqYPZfJYXFbubq8v0cFDe2zXNeeGEk3Up0Fj/WTzT6t+6do+cAIToy73eAj7RNDj2Q==

# install_page: Converse.js below .annex/page/, once. By npm, from wherever npm is told to look.
install_page() {
  local place=.annex/page log=.annex/log/page.log
  [ "$(cat $place/version 2>/dev/null)" = "$converse" ] && return
  command -v npm >/dev/null || { echo "npm is not there" >&2; return 1; }
  rm -rf $place && mkdir -p $place
  echo "Fetching Converse.js $converse with npm"
  (cd $place && npm pack "converse.js@$converse" --ignore-scripts --silent) >"$log" 2>&1 || { tail -n 3 "$log" >&2; return 1; }
  if [ "$(openssl dgst -sha512 -binary $place/*.tgz | base64 -w 0)" != "$converse_sha512" ]; then
    echo "What npm fetched is not converse.js $converse as it was published" >&2
    return 1
  fi
  tar -C $place -xzf $place/*.tgz package/dist package/LICENSE && rm -f $place/*.tgz && echo "$converse" >$place/version
}

# start_page BASE: serves it; settings for the browser are in .annex/page/settings.json.
start_page() {
  local path=xmpp-websocket
  [ "$server" = prosody ] || path=ws
  (umask 077 && cat >.annex/page/settings.json <<J
{
  "domain": "$domain",
  "server": "$server",
  "websocket": "ws://127.0.0.1:$(($1 + 280))/$path",
  "accounts": { "ann": "$(<"$secrets/account-ann")", "bea": "$(<"$secrets/account-bea")" },
  "room": "tea@muc.$domain",
  "directory": "http://127.0.0.1:$(($1 + 415))/",
  "status": "http://127.0.0.1:$(($1 + 420))/"
}
J
  )
  setsid setpriv --pdeathsig TERM -- node deploy/run/page/serve.mjs $(($1 + 281)) .annex/page \
    </dev/null >.annex/log/page.log 2>&1 7<&- 9>&- &
  annex_pids+=($!)
  local until=$((SECONDS + 20))
  until get $(($1 + 281)) /settings.json >/dev/null; do
    kill -0 "${annex_pids[-1]}" 2>/dev/null && [ $SECONDS -lt $until ] || { tail -n 5 .annex/log/page.log >&2; return 1; }
    sleep 0.1
  done
}
