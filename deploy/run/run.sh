# Sourced by ./run: the ordinary way. One process with all services, a private PostgreSQL, a private XMPP server.
take_lock || exit 1
domain=${domain:-annex.test} secrets=.annex/secrets state=.annex/state
for each in "222 clients" "280 BOSH and WebSocket" "281 the page" "347 components" "432 PostgreSQL" "420 operators" "412 file upload" \
  "413 push" "414 turn-discovery" "415 channel search" "401 calls: muc" "402 calls: upload" "403 calls: push" "404 calls: turn-discovery" "405 calls: search"; do
  need_free $((base + ${each%% *})) "${each#* }" || exit 1
done

write_secrets .annex/secrets.settings
for account in admin ann bea; do secret_file "account-$account" >/dev/null; done
users=''
for account in admin ann bea; do users+="$account:$(<"$secrets/account-$account") "; done
(umask 077 && printf 'users=%s\n' "$users" >>.annex/secrets.settings)

echo "Starting PostgreSQL and $server"
start_server postgres postgres "$state/postgres" "port=$((base + 432))" create=annex || exit 1
start_server "$server" "$server" "$state/$server" snippet=yes "domain=$domain" "c2s_port=$((base + 222))" \
  "component_port=$((base + 347))" "http_port=$((base + 280))" @.annex/secrets.settings || exit 1

mapfile -t settings < <(
  component_settings 127.0.0.1 $((base + 347)) "$domain"
  place_settings "$base" "$PWD/$state/files"
  echo "ANNEX_Database=${of[postgres.database]};Database=annex"
  echo "ANNEX_Admins__0=admin@$domain"
)
# For ./annexctl.
(umask 077 && printf '%s\n' "${settings[@]}" >.annex/run.env)
start_annex annex host/bin/Debug/net10.0/Annex.Host.dll "${settings[@]}" || exit 1
wait_ready annex "${annex_pids[0]}" $((base + 420)) || exit 1

page="http://127.0.0.1:$((base + 281))/"
install_page && start_page "$base" || { page='' && echo "The page to try it is left out; everything else runs." >&2; }

cat <<TEXT

Annex runs. Ctrl-C ends it; the state stays in .annex/
${page:+
  OPEN          $page
                two tabs to chat in, the directory, the status page
}
  XMPP server   127.0.0.1:$((base + 222)), domain $domain, without TLS ($server)
                BOSH http://127.0.0.1:$((base + 280))/bosh  WebSocket ws://127.0.0.1:$((base + 280))/$([ "$server" = prosody ] && echo xmpp-websocket || echo ws)
  accounts      $(for account in admin ann bea; do printf '%s@%s ' "$account" "$domain"; done)
                passwords: .annex/secrets/account-*
  services      $(for service in $(each_service); do printf '%s.%s ' "$service" "$domain"; done)
  directory     http://127.0.0.1:$((base + 415))/
  operators     http://127.0.0.1:$((base + 420))/  the status page (and health/ready, metrics)
                ./annexctl doctor, ./annexctl rooms list, ./annexctl --help
  logs          .annex/log/annex.log, below

TEXT
tail -n +1 -f --pid="${annex_pids[0]}" .annex/log/annex.log 7<&- 9>&- &
wait "${annex_pids[0]}"
code=$?
echo "Annex ended by itself (exit $code)." >&2
exit "$code"
