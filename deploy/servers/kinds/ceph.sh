# A real S3: Ceph's object gateway on one monitor and one storage daemon in memory, so its data ends with the process
# of the storage daemon. Keys: port, mon_port, osd_port, access_key, secret_key.
user=ceph

prepare() {
  command -v radosgw >/dev/null && command -v ceph-osd >/dev/null || refuse "Ceph's object gateway is not installed"
  need_port port; need_port mon_port; need_port osd_port
  setting[access_key]=${setting[access_key]:-annex}
  setting[secret_key]=${setting[secret_key]:-$(tr -d - </proc/sys/kernel/random/uuid)}
  fsid=$(</proc/sys/kernel/random/uuid)
  mkdir -p "$dir"/{mon,osd}
  cat >"$dir/ceph.conf" <<C
[global]
fsid = $fsid
run dir = $dir
keyring = $dir/keyring
mon host = v1:127.0.0.1:${setting[mon_port]}
public addr = 127.0.0.1
cluster addr = 127.0.0.1
ms bind ipv6 = false
auth cluster required = none
auth service required = none
auth client required = none
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 4
osd pool default pgp num = 4
osd crush chooseleaf type = 0
osd pool default pg autoscale mode = off
mon allow pool size one = true
mon max pg per osd = 1000
mon data = $dir/mon
mon cluster log file = $dir/cluster.log
osd data = $dir/osd
osd objectstore = memstore
memstore device bytes = 2147483648
log file = $dir/\$name.log
admin socket = $dir/\$name.asok
pid file = $dir/\$name.pid
setuser match path =
[mon.a]
host = localhost
[osd.0]
host = localhost
ms bind port min = ${setting[osd_port]}
ms bind port max = $((setting[osd_port] + 20))
[client.rgw]
rgw frontends = beast endpoint=127.0.0.1:${setting[port]}
rgw dns name = 127.0.0.1
rgw enable usage log = false
rgw enable ops log = false
debug rgw = 1
C
  own -R "$dir"
}

ceph_as() { (cd "$dir" && CEPH_ARGS='' as_user "$@") >>"$dir/log" 2>&1 || fail "$1 failed"; }

launch() {
  # The storage is memory: what the disks still say about it is of no use after a stop.
  rm -rf "$dir"/{mon,osd,keyring,monmap}; as_user mkdir -p "$dir"/{mon,osd}
  local conf=$dir/ceph.conf osd_id
  ceph_as monmaptool --create --clobber --fsid "$fsid" --addv a "[v1:127.0.0.1:${setting[mon_port]}]" "$dir/monmap"
  ceph_as ceph-authtool --create-keyring "$dir/keyring" --gen-key -n mon. --cap mon 'allow *'
  ceph_as ceph-mon -i a --mkfs --monmap "$dir/monmap" --keyring "$dir/keyring" -c "$conf"
  spawn ceph-mon -f -i a -c "$conf"
  # ceph-osd --mkfs needs the same uuid as `osd new`, or the daemon never boots.
  osd_id=$(</proc/sys/kernel/random/uuid)
  ceph_as ceph --connect-timeout 60 -c "$conf" osd new "$osd_id"
  ceph_as ceph-osd -i 0 --mkfs --osd-uuid "$osd_id" -c "$conf"
  ceph_as ceph -c "$conf" osd crush add osd.0 1.0 root=default host=localhost
  spawn ceph-osd -f -i 0 -c "$conf"
  launch_front
  local until=$((SECONDS + setting[timeout]))
  until answers "${setting[port]}"; do
    alive && [ $SECONDS -lt $until ] || fail "the object gateway did not come up"
    sleep 0.2
  done
  ceph_as radosgw-admin -c "$conf" user create --uid annex --display-name annex \
    --access-key "${setting[access_key]}" --secret-key "${setting[secret_key]}"
}

launch_front() { spawn radosgw -f -n client.rgw -c "$dir/ceph.conf"; }

is_ready() { answers "${setting[port]}"; }

facts() {
  echo "port=${setting[port]}"
  echo "url=http://127.0.0.1:${setting[port]}"
  echo "access_key=${setting[access_key]}"
  echo "secret_key=${setting[secret_key]}"
}
