# PostgreSQL. Keys: port; fsync (on; off only where the data may be lost with the machine); create (a database).
# The password of its one role, annex, is made once and stays in the private folder.
user=postgres
stop_signal=INT # "fast": sessions are cut, data is flushed

bin=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1)

prepare() {
  [ -n "$bin" ] || refuse "PostgreSQL is not installed"
  need_port port
  [ -s "$dir/data/PG_VERSION" ] && return
  rm -rf "$dir/data"
  local sync=(); [ "${setting[fsync]:-on}" = off ] && sync=(--no-sync)
  (umask 077 && tr -d - </proc/sys/kernel/random/uuid >"$dir/password") && own "$dir/password"
  (cd "$dir" && as_user "$bin/initdb" -D "$dir/data" -U annex --auth=scram-sha-256 --pwfile="$dir/password" \
    -E UTF8 --locale=C.UTF-8 "${sync[@]}") >"$dir/log" 2>&1 || fail "initdb failed"
}

# Backends are no children of the group: when their postmaster is killed they end by themselves, and hold its shared memory until then.
lingers() {
  local cwd
  for cwd in /proc/[0-9]*/cwd; do
    [ "$cwd" -ef "$dir/data" ] && return
  done
  return 1
}

launch() {
  local until=$((SECONDS + 20))
  while lingers && [ $SECONDS -lt $until ]; do sleep 0.05; done
  # A postmaster.pid that a killed server left names a process that may be anybody's by now.
  [ ${#pids[@]} -eq 0 ] && rm -f "$dir/data/postmaster.pid"
  spawn "$bin/postgres" -D "$dir/data" -p "${setting[port]}" -c listen_addresses=127.0.0.1 \
    -c unix_socket_directories= -c max_connections=200 -c "fsync=${setting[fsync]:-on}" \
    -c shared_buffers=64MB
}

is_ready() {
  "$bin/pg_isready" -q -h 127.0.0.1 -p "${setting[port]}" -U annex -d postgres || return
  [ -n "${setting[create]:-}" ] || return 0
  local psql=("$bin/psql" -qXAt -h 127.0.0.1 -p "${setting[port]}" -U annex -d postgres)
  export PGPASSWORD; PGPASSWORD=$(<"$dir/password")
  [ "$("${psql[@]}" -c "select 1 from pg_database where datname = '${setting[create]}'" 2>>"$dir/log")" = 1 ] ||
    "${psql[@]}" -c "create database \"${setting[create]}\"" >>"$dir/log" 2>&1
}

facts() {
  echo "port=${setting[port]}"
  echo "database=Host=127.0.0.1;Port=${setting[port]};Username=annex;Password=$(<"$dir/password")"
}
