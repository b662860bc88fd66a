#!/bin/bash
# install.sh [NAME...]: installs the Debian packages that are missing, of those named or of all in packages.txt, and
# says which. A second word on a line of packages.txt is a command: where it is there already, from wherever, the
# package is not wanted. a|b is the package as two releases of Debian name it. No service is started: ./run and the
# tests start their own, private ones. Needs root, or sudo.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)

mapfile -t wanted < <(if [ $# -gt 0 ]; then printf '%s\n' "$@"; else grep -v '^#' "$here/packages.txt"; fi)
missing=()
for line in "${wanted[@]}"; do
  read -r name command <<<"$line"
  [ -n "$command" ] && command -v "$command" >/dev/null && continue
  # It fails where one of several names is unknown; what counts is whether one is installed.
  # shellcheck disable=SC2086 # several names
  status=$(dpkg-query -W -f='${db:Status-Status}\n' ${name//|/ } 2>/dev/null || true)
  grep -qx installed <<<"$status" || missing+=("$name")
done
[ ${#missing[@]} -gt 0 ] || exit 0

command -v apt-get >/dev/null || {
  echo "Annex needs these packages, and this system has no apt-get to install them with: ${missing[*]}" >&2
  exit 1
}
root=()
if [ "$(id -u)" != 0 ]; then
  command -v sudo >/dev/null || { echo "Run this as root, or install sudo; missing: ${missing[*]}" >&2; exit 1; }
  root=(sudo)
fi
echo "Installing with apt: ${missing[*]}" >&2

# policy-rc.d is Debian's way to say that an installation may start no service; RUNLEVEL does the same for debconf-less
# scripts. A file that was there before stays as it was.
policy=/usr/sbin/policy-rc.d made=''
if [ ! -e $policy ]; then
  printf '#!/bin/sh\nexit 101\n' | "${root[@]}" tee $policy >/dev/null
  "${root[@]}" chmod 755 $policy
  made=yes
fi
trap '[ -z "$made" ] || "${root[@]}" rm -f $policy' EXIT

log=$(mktemp)
quietly() {
  "${root[@]}" env DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 "$@" </dev/null >"$log" 2>&1 || {
    tail -n 30 "$log" >&2
    rm -f "$log"
    echo "Could not install: ${missing[*]}" >&2
    exit 1
  }
}
# A minimal Debian has no package lists, an older one stale ones.
quietly apt-get update -q
for i in "${!missing[@]}"; do
  for name in ${missing[i]//|/ }; do
    apt-cache show "$name" >/dev/null 2>&1 && missing[i]=$name && break
  done
done
quietly apt-get install -q -y --no-install-recommends "${missing[@]}"
rm -f "$log"
echo "Installed." >&2
