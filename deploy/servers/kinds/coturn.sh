# coturn with shared-secret credentials. Keys: port, min_port and max_port (relays), secret, realm (annex.test).
user=turnserver

prepare() {
  command -v turnserver >/dev/null || refuse "coturn is not installed"
  need_port port
  local first=${setting[min_port]:-$((40000 + RANDOM % 20000))}
  cat >"$dir/turn.conf" <<C
listening-ip=127.0.0.1
relay-ip=127.0.0.1
listening-port=${setting[port]}
no-tls
no-dtls
min-port=$first
max-port=${setting[max_port]:-$((first + 99))}
use-auth-secret
static-auth-secret=${setting[secret]:?coturn needs a secret}
realm=${setting[realm]:-annex.test}
fingerprint
allow-loopback-peers
no-cli
simple-log
log-file=$dir/turn.log
pidfile=$dir/turn.pid
userdb=$dir/turndb
C
  chmod 600 "$dir/turn.conf"
  own "$dir/turn.conf"
}

launch() { spawn turnserver -c "$dir/turn.conf"; }
is_ready() { answers "${setting[port]}"; }
facts() { echo "port=${setting[port]}"; }
