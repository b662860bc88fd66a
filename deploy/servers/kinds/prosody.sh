# Prosody. Keys: c2s_port, component_port, http_port; domain (annex.test); users ("ann:password bea:password");
# components ("jid:secret ...": plain component blocks); snippet=yes (the operators' annex.cfg.lua, with the secrets
# muc_secret, upload_secret, push_secret, turn_secret, search_secret); global_lines, host_lines and component_lines
# (Lua, added at the top, inside the VirtualHost, and at the end).
user=prosody

prepare() {
  command -v prosody >/dev/null || refuse "Prosody is not installed"
  need_port c2s_port; need_port component_port; need_port http_port
  local domain=${setting[domain]:=annex.test} entry
  mkdir -p "$dir/data" "$dir/certs" "$dir/modules"
  cp "$here"/../prosody/modules/*.lua "$dir/modules/"
  {
    cat <<C
daemonize = false
pidfile = "$dir/prosody.pid"
data_path = "$dir/data"
certificates = "$dir/certs"
plugin_paths = { "/usr/lib/prosody/modules", "$dir/modules" }
log = { { levels = { min = "${setting[log_level]:-info}" }, to = "file", filename = "$dir/prosody.log" } }
interfaces = { "127.0.0.1" }; local_interfaces = { "127.0.0.1" }
c2s_ports = { ${setting[c2s_port]} }; s2s_ports = {}; c2s_direct_tls_ports = {}; s2s_direct_tls_ports = {}
component_interfaces = { "127.0.0.1" }; component_ports = { ${setting[component_port]} }
http_interfaces = { "127.0.0.1" }; http_ports = { ${setting[http_port]} }; https_ports = {}
c2s_require_encryption = false; allow_unencrypted_plain_auth = true
consider_websocket_secure = true; consider_bosh_secure = true
http_cors_override = { bosh = { enabled = true }; websocket = { enabled = true } }
authentication = "internal_hashed"
allow_registration = false
limits = {}
modules_enabled = {
  "roster"; "saslauth"; "disco"; "carbons"; "pep"; "private"; "blocklist"; "vcard4"; "vcard_legacy"; "smacks";
  "csi_simple"; "ping"; "mam"; "bosh"; "websocket"; "register"; "time"; "version"; "uptime"; "offline";
}
modules_disabled = { "s2s"; "tls" }
${setting[global_lines]:-}
VirtualHost "$domain"
  http_host = "127.0.0.1"
${setting[host_lines]:-}
C
    if [ "${setting[snippet]:-}" = yes ]; then fill_snippet "$here/../prosody/annex.cfg.lua" lua_string; fi
    for entry in ${setting[components]:-}; do
      printf 'Component "%s"\n  component_secret = %s\n' "${entry%%:*}" "$(lua_string "${entry#*:}")"
    done
    printf '%s\n' "${setting[component_lines]:-}"
  } >"$dir/prosody.cfg.lua"
  chmod 600 "$dir/prosody.cfg.lua"
  own -R "$dir"
  for entry in ${setting[users]:-}; do
    (cd "$dir" && as_user prosodyctl --config "$dir/prosody.cfg.lua" register "${entry%%:*}" "$domain" "${entry#*:}") \
      >>"$dir/log" 2>&1 || fail "prosodyctl could not register ${entry%%:*}"
  done
}

launch() { spawn prosody --config "$dir/prosody.cfg.lua" -F; }

# Prosody opens the component port only where it has a component.
is_ready() {
  answers "${setting[c2s_port]}" && answers "${setting[http_port]}" || return
  [ -z "${setting[components]:-}${setting[snippet]:-}${setting[component_lines]:-}" ] ||
    answers "${setting[component_port]}"
}

facts() {
  printf '%s\n' "domain=${setting[domain]}" "c2s_port=${setting[c2s_port]}" \
    "component_port=${setting[component_port]}" "http_port=${setting[http_port]}"
}
