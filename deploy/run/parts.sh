# Sourced by ./run: the parts that its three ways share. Everything that ./run starts is in `annex_pids` or hangs on the
# pipe of `hold_servers`, and nothing else is ever ended.

annex_pids=() server_pids=()
declare -A of=() # of[postgres.port], of[prosody.domain] …: what the servers said of themselves

# packages_of [SERVER] [check]
packages_of() {
  echo 'libicu72|libicu76' 'postgresql-15|postgresql-17'
  case ${1:-} in prosody) echo prosody prosody-modules ;; ejabberd) echo ejabberd ;; esac
  [ "${2:-}" != check ] || echo rabbitmq-server coturn python3-slixmpp 'python3-slixmpp-lib|python3-slixmpp' python3-aiohttp python3-cryptography
}

# build_services LOG: the build of host has built the services' programs too; this is for one that host does not have.
build_services() {
  local project
  for project in services/*/*.csproj; do
    [ -f "$(dirname "$project")/bin/Debug/net10.0/$(basename "$project" .csproj).runtimeconfig.json" ] || build "$project" "$1" || return
  done
}

# The servers end when the writing end of this pipe closes, be it that this shell was killed.
hold_servers() {
  local pipe=.annex/hold.$$
  # Opened for both first, since either half alone would wait for the other.
  mkfifo -m 600 "$pipe" && exec 8<>"$pipe" 9>"$pipe" 7<"$pipe" 8>&- && rm -f "$pipe"
}

# start_server NAME KIND DIR|new SETTINGS...
start_server() {
  local name=$1 kind=$2 log=.annex/log/$1.out line
  shift 2
  : >"$log"
  deploy/servers/serve "$kind" "$@" <&7 >"$log" 2>&1 7<&- 8>&- 9>&- &
  server_pids+=($!)
  until grep -q -e '^ready$' -e '^failed: ' "$log"; do
    kill -0 "${server_pids[-1]}" 2>/dev/null || break
    sleep 0.1
  done
  if ! grep -q '^ready$' "$log"; then
    echo "$name did not start:" >&2
    sed 's/^failed: /  /' "$log" >&2
    return 1
  fi
  while IFS= read -r line; do
    case $line in
      note=*) echo "${line#note=}" ;;
      *=*) of[$name.${line%%=*}]=${line#*=} ;;
    esac
  done <"$log"
}

# secret_file SERVICE: its component secret, made once.
secret_file() {
  local file=$secrets/$1
  [ -s "$file" ] || (umask 077 && mkdir -p "$secrets" && head -c 24 /dev/urandom | base64 | tr '+/' '-_' >"$file")
  echo "$file"
}

section() { case $1 in muc) echo Muc ;; upload) echo Upload ;; push) echo Push ;; turn) echo TurnDiscovery ;; search) echo Search ;; esac; }
folder() { case $1 in turn) echo turn-discovery ;; *) echo "$1" ;; esac; }

each_service() { tr ',' '\n' <<<"$services"; }

# write_secrets FILE: the settings with which `serve` fills in the operators' snippet.
write_secrets() {
  local service
  (umask 077 && : >"$1")
  for service in muc upload push turn search; do
    printf '%s_secret=%s\n' "$service" "$(<"$(secret_file "$service")")" >>"$1"
  done
}

# component_settings HOST PORT DOMAIN: what every way of running Annex has in common, as ANNEX_ variables.
component_settings() {
  local service key
  for service in $(each_service); do
    key=ANNEX_$(section "$service")__Component__
    [ "$key" != ANNEX___Component__ ] || { echo "No such service: $service" >&2; return 1; }
    printf '%s=%s\n' "${key}Host" "$1" "${key}Port" "$2" "${key}Jid" "$service.$3" \
      "${key}SecretFile" "$(readlink -f "$(secret_file "$service")")"
  done
}

# place_settings BASE FILES: listeners of one process, all on the loopback interface, and a folder for what is not in the
# database: uploaded files, the keys of push.
place_settings() {
  local service number=0
  mkdir -p "$2" && chmod 700 "$2"
  for service in muc upload push turn search; do
    number=$((number + 1))
    [[ ,$services, == *",$service,"* ]] || continue
    echo "ANNEX_$(section "$service")__Ops__Listen=127.0.0.1:$(($1 + 420))"
    echo "ANNEX_$(section "$service")__Rpc__Listen=127.0.0.1:$(($1 + 400 + number))"
    echo "ANNEX_$(section "$service")__Http__Listen=127.0.0.1:$(($1 + 410 + number))"
  done
  [[ ,$services, != *,upload,* ]] || echo "ANNEX_Upload__Directory=$2/upload"
  if [[ ,$services, == *,push,* ]]; then
    echo "ANNEX_Push__EncryptionKeyFile=$2/push.keys"
    echo "ANNEX_Push__WebPush__KeyFiles__0=$2/vapid.pem"
  fi
}

# start_annex NAME ASSEMBLY VARIABLES...: in a session of its own, so that Ctrl-C reaches this shell first; told to end
# by the kernel should this shell be killed. Its standard output is .annex/log/NAME.log.
start_annex() {
  local name=$1 assembly=$2
  shift 2
  [ -f "$assembly" ] || { echo "$assembly was not built" >&2; return 1; }
  env "$@" setsid setpriv --pdeathsig TERM -- dotnet "$assembly" </dev/null >".annex/log/$name.log" 2>&1 7<&- 9>&- &
  annex_pids+=($!)
}

# get PORT PATH: prints the body; true when the status is 200.
get() {
  local status body=''
  exec 5<>"/dev/tcp/127.0.0.1/$1" || return
  printf 'GET %s HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n' "$2" >&5
  read -r -t 10 _ status _ <&5
  body=$(timeout 10 sed '1,/^\r*$/d' <&5)
  exec 5>&-
  printf '%s\n' "$body"
  [ "$status" = 200 ]
} 2>/dev/null

# wait_ready NAME PID OPS_PORT
wait_ready() {
  local until=$((SECONDS + 120)) said=''
  until said=$(get "$3" /health/ready); do
    if ! kill -0 "$2" 2>/dev/null; then
      echo "$1 ended while it started:" >&2
      tail -n 20 ".annex/log/$1.log" >&2
      return 1
    fi
    if [ $SECONDS -ge $until ]; then
      echo "$1 is not ready:" >&2
      printf '%s\n' "$said" | sed 's/^/  /' >&2
      tail -n 20 ".annex/log/$1.log" >&2
      return 1
    fi
    sleep 0.1
  done
}

end_annex() {
  local pid until=$((SECONDS + 20))
  for pid in "${annex_pids[@]}"; do kill -TERM "$pid" 2>/dev/null; done
  for pid in "${annex_pids[@]}"; do
    while kill -0 "$pid" 2>/dev/null && [ $SECONDS -lt $until ]; do sleep 0.05; done
    kill -KILL "$pid" 2>/dev/null
    wait "$pid" 2>/dev/null
  done
  annex_pids=()
}

end_servers() {
  exec 9>&- # the pipe of hold_servers: their input ends
  [ ${#server_pids[@]} -eq 0 ] || wait "${server_pids[@]}" 2>/dev/null
  server_pids=()
  hold_servers
}

end_all() {
  trap '' INT TERM HUP
  end_annex
  end_servers
  [ -z "${scratch:-}" ] || rm -rf "$scratch"
}

# take_lock: one ./run in a clone at a time, for the state is one. A lock whose process has gone counts for nothing.
take_lock() {
  exec 6>.annex/lock
  flock -n 6 || { echo "Another ./run has this folder's state; end it first, or use another clone." >&2; return 1; }
}

# need_free PORT WHAT
need_free() {
  grep -qsE "^ *[0-9]+: [0-9A-F]+:$(printf %04X "$1") [0-9A-F:]+ 0A " /proc/net/tcp /proc/net/tcp6 || return 0
  echo "Port $1 ($2) is in use. End what listens there, or choose other ports: ./run --base $((base + 1000))" >&2
  return 1
}
