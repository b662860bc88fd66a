# Sourced by ./run: --attach. The operator's own XMPP server; nothing of it is touched.
[ -n "$domain" ] || { echo "Which domain? ./run --attach example.org [--server ejabberd] [--services muc,search]" >&2; exit 2; }
take_lock || exit 1
secrets=.annex/attach/$domain state=.annex/state
mkdir -p "$secrets"

# The operators' snippet, filled in as `serve` does it for the tests.
snippet() {
  declare -A setting=([domain]=$domain [component_port]=$port)
  local service
  for service in muc upload push turn search; do setting[${service}_secret]=$(<"$(secret_file "$service")"); done
  . deploy/servers/lib.sh
  case $server in
    prosody) fill_snippet deploy/prosody/annex.cfg.lua lua_string ;;
    ejabberd) fill_snippet deploy/ejabberd/annex.yml yaml_string ;;
  esac
}
file=.annex/attach/$domain.$([ "$server" = prosody ] && echo cfg.lua || echo yml)
(umask 077 && snippet >"$file")

database=${ANNEX_Database:-}
mapfile -t settings < <(component_settings "$host" "$port" "$domain"; place_settings "$base" "$PWD/$state/files")

cat <<TEXT

1. Put this into your ${server}'s configuration and reload it. The first lines say where, and what to take out.
   It is in $file too.

$(sed 's/^/    /' "$file")

2. Annex runs with these settings; on a server of yours, set the same (and an Admins__0 of your own):

$(printf '    %s\n' "${settings[@]}")
    ANNEX_Database=${database:+(as you set it)}${database:-Host=…;Username=…;Password=…;Database=annex}

TEXT
[ -z "$database" ] || settings+=("ANNEX_Database=$database")
if [ -z "$database" ]; then
  echo "ANNEX_Database is not set: starting a private PostgreSQL, state in .annex/state/postgres"
  need_free $((base + 432)) PostgreSQL || exit 1
  start_server postgres postgres "$state/postgres" "port=$((base + 432))" "create=$domain" || exit 1
  settings+=("ANNEX_Database=${of[postgres.database]};Database=$domain")
fi
echo "Starting Annex. It connects as soon as your server knows its components; Ctrl-C ends it."
start_annex annex host/bin/Debug/net10.0/Annex.Host.dll "${settings[@]}" || exit 1
tail -n +1 -f --pid="${annex_pids[0]}" .annex/log/annex.log 7<&- 9>&- &
wait "${annex_pids[0]}"
exit $?
