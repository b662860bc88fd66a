# RabbitMQ. Keys: port, distribution_port, epmd_port. Its user is annex, with a password made once.
user=rabbitmq
death_signal=TERM # the start script passes it on to the broker; a KILL would end the script alone

prepare() {
  [ -x /usr/lib/rabbitmq/bin/rabbitmq-server ] || refuse "RabbitMQ is not installed"
  need_port port; need_port distribution_port; need_port epmd_port
  # vm_memory: a test broker must not stop publishers because the machine is small. The port mapper is ours.
  [ -s "$dir/password" ] || (umask 077 && tr -d - </proc/sys/kernel/random/uuid >"$dir/password")
  printf '%s\n' 'log.console = false' 'log.file.level = warning' 'default_user = annex' \
    "default_pass = $(<"$dir/password")" 'vm_memory_high_watermark.absolute = 512MB' \
    'disk_free_limit.absolute = 50MB' >"$dir/rabbitmq.conf"
  chmod 600 "$dir/rabbitmq.conf"
  printf '[].\n' >"$dir/enabled_plugins"
  own "$dir/rabbitmq.conf" "$dir/enabled_plugins"
}

launch() {
  export RABBITMQ_NODENAME="annex${setting[port]}@localhost" RABBITMQ_NODE_IP_ADDRESS=127.0.0.1 \
    RABBITMQ_NODE_PORT=${setting[port]} RABBITMQ_DIST_PORT=${setting[distribution_port]} \
    RABBITMQ_MNESIA_BASE=$dir/mnesia RABBITMQ_LOG_BASE=$dir/logs RABBITMQ_PID_FILE=$dir/broker.pid \
    RABBITMQ_ENABLED_PLUGINS_FILE=$dir/enabled_plugins RABBITMQ_CONFIG_FILE=$dir/rabbitmq.conf \
    RABBITMQ_CONF_ENV_FILE=$dir/none ERL_EPMD_ADDRESS=127.0.0.1 ERL_EPMD_PORT=${setting[epmd_port]} \
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS='-kernel inet_dist_use_interface {127,0,0,1} +S 2:2 +sbwt none'
  # Started by the broker, epmd would be a daemon that outlives it.
  spawn epmd -port "${setting[epmd_port]}" -address 127.0.0.1
  local until=$((SECONDS + 20))
  until answers "${setting[epmd_port]}" || [ $SECONDS -ge $until ]; do sleep 0.05; done
  spawn /usr/lib/rabbitmq/bin/rabbitmq-server
}

is_ready() { answers "${setting[port]}"; }

facts() {
  echo "port=${setting[port]}"
  echo "uri=amqp://annex:$(<"$dir/password")@127.0.0.1:${setting[port]}/"
}
