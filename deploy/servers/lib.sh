# Shared by serve and the kinds of servers: places, ports, rights, and the life of processes.

# A start in a temporary folder is tried three times, each with a new folder and new ports: another process may have
# taken a port in between, and Ceph's storage daemon now and then asks its monitor too early.
fail() {
  [ -n "${dir:-}" ] && [ -f "$dir/log" ] && tail -n 20 "$dir/log" | sed 's/^/  /' >&2
  if [ -n "${temporary:-}" ] && [ -z "${was_ready:-}" ] && [ "${ANNEX_SERVE_ATTEMPT:-1}" -lt 3 ]; then
    printf '  %s; once more\n' "$1" >&2
    leave
    ANNEX_SERVE=again ANNEX_SERVE_ATTEMPT=$((${ANNEX_SERVE_ATTEMPT:-1} + 1)) exec bash "$here/serve" "${arguments[@]}"
  fi
  refuse "$1"
}

refuse() {
  printf 'failed: %s\n' "$1"
  exit 1
}

# Servers that refuse to run as root, or should not, run as the user that their package made.
may_drop() { [ "$(id -u)" = 0 ] && [ -n "$user" ] && id -u "$user" >/dev/null 2>&1; }

as_user() {
  if may_drop; then
    setpriv --reuid "$user" --regid "$(id -g "$user")" --init-groups -- "$@"
  else
    "$@"
  fi
}

# can_reach DIR: may the server's user enter every folder on the way?
can_reach() { ! may_drop || as_user test -x "$1"; }

take_place() {
  if [ "$1" = new ]; then
    temporary=yes
    local base
    for base in "${SERVERS_OF_ANNEX:-}" "${TMPDIR:-}" /tmp /var/tmp; do
      [ -d "$base" ] && [ -w "$base" ] && can_reach "$base" && break
    done
    can_reach "$base" || fail "no temporary folder that the user $user may enter"
    remove_orphans "$base"
    dir=$(mktemp -d "$base/annex-server.XXXXXXXX") || fail "no private folder under $base"
    owner_mark >"$dir/owner"
  else
    temporary=''
    mkdir -p "$1" && dir=$(cd "$1" && pwd -P) || fail "cannot make $1"
    chmod 700 "$dir"
    may_drop && chown "$user:" "$dir"
    if ! can_reach "$dir"; then take_place_outside; fi
  fi
  chmod 700 "$dir"
  may_drop && chown "$user:" "$dir"
  return 0
}

# DIR stands where the server's user cannot go (a clone in /root, say): its files live in a folder of their own, to
# which a link in DIR leads, so that the next start finds them.
take_place_outside() {
  local link=$dir/elsewhere
  if [ ! -d "$link/" ]; then
    local outside
    outside=$(mktemp -d "/var/lib/annex-$kind.XXXXXXXX") || fail "cannot make a folder under /var/lib"
    printf '%s\n' "$dir" >"$outside/belongs-to"
    ln -sfn "$outside" "$link"
    echo "note=$dir cannot be entered by the user $user; the files of $kind are in $outside"
  fi
  dir=$(cd "$link/" && pwd -P)
}

# A process that was killed together with this script leaves its folder; the next one clears it away.
owner_mark() { printf '%s %s\n' "$$" "$(started_at $$)"; }
started_at() { local stat; stat=$(<"/proc/$1/stat") 2>/dev/null && stat=${stat##*) } && set -- $stat && echo "${20}"; }
remove_orphans() {
  local orphan pid start
  for orphan in "$1"/annex-server.????????; do
    [ -O "$orphan" ] || [ "$(id -u)" = 0 ] || continue
    [ -f "$orphan/owner" ] && [ ! -L "$orphan/owner" ] || continue
    read -r pid start <"$orphan/owner" || continue
    [ "$(started_at "$pid" 2>/dev/null)" = "$start" ] || rm -rf -- "$orphan"
  done
}

# free_port: REPLY is a port that nobody listens on or uses, below the range from which the kernel gives ports to outgoing connections and
# above those of ./run (15000 to 15999).
declare -A taken=()
free_port() {
  local port tries
  for tries in {1..200}; do
    port=$((16000 + (RANDOM * 32768 + RANDOM) % 16000))
    [ -n "${taken[$port]:-}" ] && continue
    in_use "$port" && continue
    taken[$port]=1
    REPLY=$port
    return
  done
  fail "no free port"
}
in_use() { grep -qsE "^ *[0-9]+: [0-9A-F]+:$(printf %04X "$1") " /proc/net/tcp /proc/net/tcp6; }

# need_port NAME: setting[NAME], picked when it was not given.
need_port() {
  local given=${setting[$1]:-}
  if [ -z "$given" ]; then
    free_port && given=$REPLY
  elif in_use "$given"; then
    fail "port $given ($kind, $1) is in use; choose another or end what listens there"
  fi
  setting[$1]=$given
}

answers() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# spawn COMMAND...: as the server's user, in its private folder, in a process group of its own, killed by the kernel
# should this script be killed.
spawn() {
  local rights=(--pdeathsig "${death_signal:-KILL}")
  may_drop && rights+=(--reuid "$user" --regid "$(id -g "$user")" --init-groups)
  (cd "$dir" && HOME=$dir exec setsid setpriv "${rights[@]}" -- "$@") </dev/null >>"$dir/log" 2>&1 &
  pids+=($!)
}

alive() { local pid; for pid in "${pids[@]}"; do kill -0 "$pid" 2>/dev/null || return 1; done; }
signal_all() { local pid; for pid in "${pids[@]}"; do kill -"$1" -- "-$pid" 2>/dev/null; done; }
reap() { [ ${#pids[@]} -gt 0 ] && wait "${pids[@]}" 2>/dev/null; pids=(); }

# The last process: it is reaped, and no longer one of ours.
signal_front() { local pid=${pids[-1]}; kill -"$1" -- "-$pid" 2>/dev/null; wait "$pid" 2>/dev/null; unset 'pids[-1]'; }

start() {
  launch
  become_ready
}

become_ready() {
  local until=$((SECONDS + setting[timeout]))
  until is_ready; do
    alive || fail "$kind ended while it started"
    [ $SECONDS -lt $until ] || fail "$kind was not ready after ${setting[timeout]} s"
    sleep 0.05
  done
  facts
  echo "dir=$dir"
  echo "pid=${pids[-1]}"
  echo ready
  was_ready=yes
}

# The leader ends in good order or, after half a minute, at once; then whatever is left of its group.
stop() {
  local pid until=$((SECONDS + 30))
  for ((i = ${#pids[@]} - 1; i >= 0; i--)); do
    pid=${pids[i]}
    kill -CONT -- "-$pid" 2>/dev/null
    kill -"$stop_signal" "$pid" 2>/dev/null
    while kill -0 "$pid" 2>/dev/null && [ $SECONDS -lt $until ]; do sleep 0.02; done
    kill -KILL -- "-$pid" 2>/dev/null
  done
  reap
}

leave() {
  trap '' TERM HUP INT
  if [ -n "$temporary" ]; then signal_all KILL; reap; else stop; fi
  [ -n "$temporary" ] && rm -rf -- "$dir"
}

# own FILE...: the server's user must read what this script wrote.
own() { if may_drop; then chown "$user:" "$@"; fi; }

lua_string() { local s=${1//\\/\\\\}; s=${s//\"/\\\"}; printf '"%s"' "$s"; }
yaml_string() { local s=${1//\\/\\\\}; s=${s//\"/\\\"}; printf '"%s"' "$s"; }

# fill_snippet FILE QUOTE: an operator's snippet with its placeholders filled in: the domain, the component port, and a
# secret for each service. Exactly what the operator does by hand.
fill_snippet() {
  local text service
  text=$(<"$1")
  text=${text//example.org/${setting[domain]}}
  for service in muc upload push turn search; do
    text=${text//\"CHANGE-ME-$service\"/$($2 "${setting[${service}_secret]:?snippet needs ${service}_secret}")}
  done
  printf '%s\n' "${text//5347/${setting[component_port]}}"
}
