# Sourced by ./run: --check. Everything anew, on free ports, in folders that are removed; the same assertions against one
# process with all services, and against five over RabbitMQ and gRPC.
domain=${domain:-annex.test}
scratch=$(mktemp -d "$PWD/.annex/check.XXXXXX") secrets=$scratch/secrets
write_secrets "$scratch/settings"
users=''
for account in admin ann bea cat; do users+="$account:$account-$RANDOM$RANDOM "; done
printf 'users=%s\n' "$users" >>"$scratch/settings"

free_base() {
  local candidate offset
  for candidate in $(shuf -i 20-60 -n 20); do
    candidate=$((candidate * 500))
    for offset in 401 402 403 404 405 411 412 413 414 415 420 421 422 423 424 425; do
      need_free $((candidate + offset)) '' 2>/dev/null || continue 2
    done
    base=$candidate
    return
  done
  echo "No free ports" >&2
  return 1
}

# begin WHAT DATABASE: a new XMPP server and an empty database, so that the second round finds nothing of the first.
begin() {
  echo "== $1, on $server"
  start_server "xmpp" "$server" new snippet=yes "domain=$domain" @"$scratch/settings" || exit 1
  start_server postgres postgres new fsync=off create=annex || exit 1
  free_base || exit 1
  rm -rf "$scratch/files"
  mapfile -t settings < <(
    component_settings 127.0.0.1 "${of[xmpp.component_port]}" "$domain"
    place_settings "$base" "$scratch/files"
    echo "ANNEX_Database=${of[postgres.database]};Database=annex"
    echo "ANNEX_Admins__0=admin@$domain"
    echo "ANNEX_Push__AllowLoopbackEndpoints=true"
  )
}

# drive ROUND OPS_PORTS: the client program.
drive() {
  local addresses=() number=0 service
  for service in muc upload push turn search; do
    number=$((number + 1))
    addresses+=(--rpc "$service=127.0.0.1:$((base + 400 + number))" --web "$service=127.0.0.1:$((base + 410 + number))")
  done
  printf '%s' "$users" | /usr/bin/python3 -B deploy/run/check.py --round "$1" --server "$server" --domain "$domain" \
    --port "${of[xmpp.c2s_port]}" --services "$services" --operators "$2" "${addresses[@]}" 7<&- 9>&- && return
  echo "What Annex said is in .annex/log/" >&2
  return 1
}

# In the one process the pages for operators stand at one port, in five at five.
in_one_process() {
  begin "one process"
  start_annex annex host/bin/Debug/net10.0/Annex.Host.dll "${settings[@]}" || return
  wait_ready annex "${annex_pids[0]}" $((base + 420)) || return
  drive host $((base + 420)) || return
  end_annex
  end_servers
}

in_five() {
  begin "five processes over RabbitMQ and gRPC"
  start_server rabbitmq rabbitmq new || return
  local service number=0 ports='' assembly
  settings+=("ANNEX_Bus__RabbitMq=${of[rabbitmq.uri]}")
  for service in muc upload push turn search; do
    number=$((number + 1))
    settings+=("ANNEX_Peers__$(section "$service")=http://127.0.0.1:$((base + 400 + number))")
  done
  for service in $(each_service); do
    assembly=$(echo "services/$(folder "$service")"/*.csproj)
    assembly=$(dirname "$assembly")/bin/Debug/net10.0/$(basename "$assembly" .csproj).dll
    start_annex "$service" "$assembly" "${settings[@]}" \
      "ANNEX_$(section "$service")__Ops__Listen=127.0.0.1:$((base + 421 + ${#annex_pids[@]}))" || return
  done
  number=0
  for service in $(each_service); do
    wait_ready "$service" "${annex_pids[number]}" $((base + 421 + number)) || return
    ports+="${ports:+,}$((base + 421 + number))"
    number=$((number + 1))
  done
  drive five "$ports" || return
  end_annex
  end_servers
}

in_one_process && in_five || { echo "The check failed." >&2; exit 1; }
echo "The check passed."
exit 0
