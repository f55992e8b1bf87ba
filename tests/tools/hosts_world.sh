#!/bin/bash
# SPDX-License-Identifier: MIT
# hosts_world.sh DIRECTORY COMMAND... -- run COMMAND on a machine that has a network: 11.0.0.1 is its address, and behind
# 11.0.0.2 is a server with the addresses of tests/tools/hosts_server.py. All of it is in namespaces that end with it.
# DIRECTORY gets the server's certificate, and `log`: who was reached.
set -eu
here=$(cd "$(dirname "$0")" && pwd)

if [ -z "${HOSTS_WORLD-}" ]; then
	export HOSTS_WORLD=1
	if [ "$(id -u)" = 0 ]; then
		exec unshare --net --mount --propagation private "$0" "$@"
	fi
	exec unshare --user --map-current-user --keep-caps --net --mount --propagation private "$0" "$@"
fi

dir=$1
shift
cd "$dir"
openssl req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out cert.pem -days 2 -subj /CN=allowed.test \
	-addext subjectAltName=DNS:allowed.test,DNS:other.test 2>/dev/null
rm -f ready.*
cat >hosts <<'END'
127.0.0.1 localhost
12.0.0.1 allowed.test
12.0.0.2 other.test
127.0.0.1 loop.test
0.0.0.0 zero.test
::ffff:127.0.0.1 mapped.test
11.0.0.1 own.test
10.1.1.1 private.test
169.254.169.254 metadata.test
100.64.0.1 shared.test
END
chmod 644 hosts
mount --bind hosts /etc/hosts
ip link set lo up
unshare --net sleep infinity 3>&- &
there=$!
trap 'kill $there $servers 2>/dev/null' EXIT
servers=
until [ "$(readlink /proc/$there/ns/net)" != "$(readlink /proc/$$/ns/net)" ]; do sleep 0.01; done
ip link add here type veth peer name there netns $there
ip addr add 11.0.0.1/24 dev here
ip link set here up
nsenter -t $there -n sh -c 'ip link set lo up && ip addr add 11.0.0.2/24 dev there && ip link set there up'
ip route add default via 11.0.0.2
: >log
for where in "nsenter -t $there -n" ""; do
	$where /usr/bin/python3 "$here/hosts_server.py" ${where:+there} 3>&- &
	servers="$servers $!"
done
for place in there here; do
	for _ in $(seq 200); do [ ! -e "ready.$place" ] || break; sleep 0.05; done
done
cd "$OLDPWD"
"$@"
