# ejabberd. Keys: c2s_port, component_port, http_port, distribution_port; domain (annex.test); users
# ("ann:password bea:password"); components ("jid:secret ..."); snippet=yes (the operators' annex.yml, with the secrets
# muc_secret, upload_secret, push_secret, turn_secret, search_secret); global_lines (YAML at the top level) and
# module_lines (YAML inside modules, indented by two).
user=ejabberd

prepare() {
  [ -x /usr/bin/erl ] && [ -n "$(ls -d /usr/lib/*/ejabberd-* 2>/dev/null)" ] || refuse "ejabberd is not installed"
  need_port c2s_port; need_port component_port; need_port http_port; need_port distribution_port
  local domain=${setting[domain]:=annex.test} entry
  mkdir -p "$dir/spool" "$dir/logs"
  cp /etc/ejabberd/inetrc "$dir/inetrc"
  {
    cat <<C
hosts: [$(yaml_string "$domain")]
loglevel: ${setting[log_level]:-info}
auth_method: [internal]
auth_password_format: scram
s2s_use_starttls: optional
outgoing_s2s_timeout: 5 seconds
listen:
  - { port: ${setting[c2s_port]}, ip: "127.0.0.1", module: ejabberd_c2s, max_stanza_size: 262144, shaper: none,
      access: c2s }
  - { port: ${setting[http_port]}, ip: "127.0.0.1", module: ejabberd_http,
      request_handlers: { /ws: ejabberd_http_ws, /bosh: mod_bosh, /api: mod_http_api } }
C
    if [ -n "${setting[components]:-}" ]; then
      cat <<C
  - port: ${setting[component_port]}
    ip: "127.0.0.1"
    module: ejabberd_service
    access: all
    shaper: none
    global_routes: false
    hosts:
C
      for entry in ${setting[components]}; do
        printf '      %s: { password: %s }\n' "$(yaml_string "${entry%%:*}")" "$(yaml_string "${entry#*:}")"
      done
    fi
    cat <<C
acl:
  local: { user_regexp: "" }
access_rules:
  c2s: { allow: all }
  local: { allow: local }
api_permissions:
  "loopback": { from: [mod_http_api], who: { ip: "127.0.0.1" }, what: ["register", "unregister", "status", "check_account"] }
modules:
  mod_adhoc: {}
  mod_admin_extra: {}
  mod_blocking: {}
  mod_bosh: {}
  mod_caps: {}
  mod_carboncopy: {}
  mod_client_state: {}
  mod_disco: {}
  mod_last: {}
  mod_mam: { default: always }
  mod_offline: {}
  mod_ping: {}
  mod_privacy: {}
  mod_private: {}
  mod_pubsub: { plugins: [flat, pep] }
  mod_roster: { versioning: true }
  mod_stream_mgmt: { resend_on_timeout: if_offline }
  mod_vcard: {}
  mod_version: {}
${setting[module_lines]:-}
${setting[global_lines]:-}
C
    if [ "${setting[snippet]:-}" = yes ]; then
      fill_snippet "$here/../ejabberd/annex.yml" yaml_string >"$dir/annex.yml"
      printf 'include_config_file:\n  - %s\n' "$(yaml_string "$dir/annex.yml")"
    fi
  } >"$dir/ejabberd.yml"
  chmod 600 "$dir"/*.yml
  own -R "$dir"
}

# Without ejabberdctl: it runs as root or `ejabberd` only, and starts a second virtual machine to parse an address.
launch() {
  export EJABBERD_CONFIG_PATH=$dir/ejabberd.yml EJABBERD_LOG_PATH=$dir/logs/ejabberd.log \
    EJABBERD_PID_PATH=$dir/ejabberd.pid CONTRIB_MODULES_PATH=$dir/contrib SPOOL_DIR=$dir/spool \
    ERL_CRASH_DUMP=$dir/logs/crash.dump ERL_INETRC=$dir/inetrc ERL_MAX_PORTS=4096 ERL_MAX_ETS_TABLES=1400 \
    ERL_LIBS=$(dirname "$(ls -d /usr/lib/*/ejabberd-* | head -n 1)") ERL_DIST_PORT=${setting[distribution_port]}
  spawn /usr/bin/erl -sname "annex${setting[component_port]}@localhost" +K true +P 250000 +S 2:2 +sbwt none \
    -kernel inet_dist_use_interface '{127,0,0,1}' -erl_epmd_port "$ERL_DIST_PORT" -start_epmd false \
    -mnesia dir "\"$dir/spool\"" -s ejabberd -noinput
}

is_ready() {
  answers "${setting[c2s_port]}" && answers "${setting[http_port]}" || return
  [ -z "${setting[components]:-}${setting[snippet]:-}" ] || answers "${setting[component_port]}" || return
  register_users
}

# register_users: by the server's own HTTP interface; conflict (409) means that the user is there already.
register_users() {
  local entry body status
  for entry in ${setting[users]:-}; do
    body=$(printf '{"user":"%s","host":"%s","password":"%s"}' "${entry%%:*}" "${setting[domain]}" "${entry#*:}")
    exec 4<>"/dev/tcp/127.0.0.1/${setting[http_port]}" || return
    printf 'POST /api/register HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n%s\r\nContent-Length: %d\r\n\r\n%s' \
      'Content-Type: application/json' "${#body}" "$body" >&4
    read -r _ status _ <&4
    exec 4>&-
    case $status in 200 | 409) ;; *) return 1 ;; esac
  done
  setting[users]=''
}

facts() {
  printf '%s\n' "domain=${setting[domain]}" "c2s_port=${setting[c2s_port]}" \
    "component_port=${setting[component_port]}" "http_port=${setting[http_port]}"
}
