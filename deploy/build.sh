# Sourced by ./run and ./test, at the repository's root: one way to build, that leaves no process behind.

export MSBUILDDISABLENODEREUSE=1 DOTNET_CLI_USE_MSBUILD_SERVER=0 UseSharedCompilation=false
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_CLI_UI_LANGUAGE=en DOTNET_SKIP_FIRST_TIME_EXPERIENCE=1
export DOTNET_GENERATE_ASPNET_CERTIFICATE=false DOTNET_ADD_GLOBAL_TOOLS_TO_PATH=false
export DOTNET_CLI_WORKLOAD_UPDATE_NOTIFY_DISABLE=true
export DOTNET_EnableDiagnostics=0 # no sockets of the debugger in the temporary folder
# Names are compared in their normal form, which needs ICU: an image's "invariant" setting would switch that off.
unset DOTNET_SYSTEM_GLOBALIZATION_INVARIANT ASPNETCORE_URLS ASPNETCORE_HTTP_PORTS

need_dotnet() {
  local known
  for known in /usr/share/dotnet /usr/lib/dotnet "$HOME/.dotnet" "${SUDO_USER:+$(getent passwd "$SUDO_USER" | cut -d: -f6)/.dotnet}"; do
    command -v dotnet >/dev/null && return
    [ -x "$known/dotnet" ] && PATH=$known:$PATH
  done
  command -v dotnet >/dev/null && return
  echo "The .NET SDK 10 is needed, and no dotnet was found: https://dotnet.microsoft.com/download" >&2
  return 1
}

# build PROJECT LOG: quiet; what went wrong is shown.
build() {
  dotnet build "$1" -nodeReuse:false -p:UseSharedCompilation=false -v quiet --nologo >"$2" 2>&1 </dev/null && return
  grep -E '(error|warning) [A-Za-z]+[0-9]+:' "$2" | sed "s# \[.*##; s#$PWD/##" | sort -u | head -n 40
  [ "${PIPESTATUS[0]}" = 0 ] || tail -n 20 "$2"
  return 1
}
