#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# net.mode = "hosts": what is named is reached, nothing else is, as the servers themselves see it.

load ../cli/helper

more_setup() {
	CLIENT="$PYTHON $TESTS/tools/hosts_client.py"
	mkdir world
}

world() { # COMMAND...
	unshare -rn ip link add here type veth peer name there 2>/dev/null || skip "this kernel has no veth(4)"
	run "$TESTS/tools/hosts_world.sh" "$WORK/world" "$@"
}

# HOW...: by sbx-wrap with the options in OPTIONS
attempt() {
	# shellcheck disable=SC2086
	world "$SBX" -p default $OPTIONS --ro "$TESTS" $CLIENT "$@"
}

arrived() { sort -u world/log | tr '\n' ' '; }
expect_arrived() { # ADDRESS:PORT...
	[ "$(arrived)" = "$*${*:+ }" ] || fail "expected to have arrived: $*; arrived: $(arrived)"
}

@test "unwrapped and with the host's network, every server is reached" {
	# shellcheck disable=SC2086
	world $CLIENT tls:allowed.test:443:allowed.test tcp:other.test:80 tcp:private.test:80 tcp:loop.test:80 udp:12.0.0.1:53
	expect_line '^tls:allowed.* hello from 12.0.0.1:443$'
	expect_arrived 10.1.1.1:80 12.0.0.1:443 '12.0.0.1:53 by UDP' 12.0.0.2:80 127.0.0.1:80
	OPTIONS=--share-net attempt tls:other.test:443:other.test tcp:own.test:81
	expect_line '^tls:other.* hello from 12.0.0.2:443$'
	expect_line '^tcp:own.* hello from 11.0.0.1:81$'
}

@test "a host that is named is reached by its name, on its port, and nobody else is" {
	OPTIONS='--allow-host allowed.test' attempt tls:allowed.test:443:allowed.test tls:other.test:443:other.test \
		tcp:allowed.test:80 tcp:12.0.0.1:443 tcp:12.0.0.2:80 tcp:10.1.1.1:80 tcp:127.0.0.1:80 tcp:localhost:443 tcp:11.0.0.1:80 \
		udp:12.0.0.1:53 udp:11.0.0.1:53 tcp:0.0.0.0:80 tcp:169.254.169.254:80
	expect_status 0
	expect_line '^tls:allowed.test:443:allowed.test hello from 12.0.0.1:443$'
	[ "$(grep -c ' hello from ' <<<"$output")" = 1 ] || fail "others answered"
	expect_line '^sbx-wrap: net: other.test: no host of net.hosts is called so$'
	expect_arrived 12.0.0.1:443
}

@test "several hosts and ports; a host's port isn't another's" {
	OPTIONS='--allow-host allowed.test:80,other.test:81 --allow-host allowed.test:22' attempt \
		tcp:allowed.test:80 tcp:allowed.test:22 tcp:allowed.test:81 tcp:other.test:81 tcp:other.test:80
	expect_line '^tcp:allowed.test:80 hello from 12.0.0.1:80$'
	expect_line '^tcp:allowed.test:22 hello from 12.0.0.1:22$'
	expect_line '^tcp:other.test:81 hello from 12.0.0.2:81$'
	expect_line '^sbx-wrap: net: allowed.test:81: not on this port$'
	expect_arrived 12.0.0.1:22 12.0.0.1:80 12.0.0.2:81
}

@test "on port 443 TLS has to name the host: no other name, none, none that is hidden, nothing but TLS" {
	OPTIONS='--allow-host allowed.test' attempt tls:allowed.test:443:other.test tls:allowed.test:443: \
		hidden:allowed.test:443:allowed.test text:allowed.test:443 tls:198.18.0.2:443:allowed.test
	[ "$(grep -c ' hello from \| record ' <<<"$output")" = 0 ] || fail "something was let through"
	expect_line '^sbx-wrap: net: other.test:443: another name than the one that is allowed$'
	expect_line '^sbx-wrap: net: allowed.test:443: its TLS names no host$'
	expect_line '^sbx-wrap: net: allowed.test:443: its TLS hides the name of the host$'
	expect_line '^sbx-wrap: net: allowed.test:443: not TLS, and on port 443 nothing else is allowed$'
	expect_arrived
	OPTIONS='--allow-host allowed.test' attempt cut:allowed.test:443:allowed.test tls:allowed.test:443:Allowed.TEST
	expect_line '^cut:.* a record of type 2[12]$' # the server's, handshake or alert
	expect_line '^tls:.* hello from 12.0.0.1:443$'
	OPTIONS='--allow-host allowed.test/any' attempt tls:allowed.test:443:other.test text:allowed.test:443
	[ "$(grep -c ' hello from ' <<<"$output")" = 2 ] || fail "/any lets pass what it is"
}

@test "a name that leads to this machine or into a private network isn't followed; an address that is listed is" {
	local name
	for name in loop zero mapped own private metadata shared; do
		OPTIONS="--allow-host $name.test:80" attempt "tcp:$name.test:80"
		expect_line "^sbx-wrap: net: $name.test:80: its address is of a private network or of this machine$"
	done
	expect_arrived
	OPTIONS='--allow-host 10.1.1.0/24:80 --allow-host 11.0.0.1:81' attempt tcp:10.1.1.1:80 tcp:11.0.0.1:81 tcp:11.0.0.1:80
	expect_line '^tcp:10.1.1.1:80 hello from 10.1.1.1:80$'
	expect_line '^tcp:11.0.0.1:81 hello from 11.0.0.1:81$'
	expect_arrived 10.1.1.1:80 11.0.0.1:81
}

@test "localhost is the host's own, on its port alone" {
	OPTIONS='--allow-host localhost:80' attempt tcp:localhost:80 tcp:127.0.0.1:80 tcp:localhost:81 tcp:127.0.0.2:80 tcp:12.0.0.1:80
	expect_line '^tcp:localhost:80 hello from 127.0.0.1:80$'
	expect_line '^tcp:127.0.0.1:80 hello from 127.0.0.1:80$'
	expect_arrived 127.0.0.1:80
}

@test "names are told by hosts(5) and by questions to a name server; others don't exist" {
	OPTIONS='--allow-host allowed.test,other.test' attempt name:allowed.test name:other.test name:localhost name:private.test
	expect_line '^name:allowed.test 198\.18\.0\.1$'
	expect_line '^name:other.test 198\.18\.0\.2$'
	expect_line '^name:localhost .*127\.0\.0\.1'
	expect_line '^name:private.test failed: gaierror$'
}

@test "what is sent arrives whole, also when one side has ended" {
	OPTIONS='--allow-host allowed.test:7' attempt echo:allowed.test:7:0 echo:allowed.test:7:1 echo:allowed.test:7:3000000
	[ "$(grep -c ' the same$' <<<"$output")" = 3 ] || fail "it came back otherwise"
}

@test "hundreds of connections leave nothing behind" {
	OPTIONS='--allow-host allowed.test:80' attempt many:allowed.test:80:600
	expect_line '^many:.* all$'
}

@test "curl has the network that is named in place of its profile's" {
	world "$SBX" -q -p curl --latch auto --allow-host allowed.test curl -sSk --http0.9 https://allowed.test/
	expect_line 'hello from 12.0.0.1:443'
	world "$SBX" -q -p curl --latch auto --allow-host allowed.test curl -sSk https://other.test/
	expect_status 6
}

@test "the relay holds no stream of the caller's, and ends with the run, also when sbx-wrap is killed" {
	local relay
	run timeout 20 sh -c '"$SBX" --allow-host localhost:9 true | cat'
	expect_status 0
	run timeout 20 sh -c 'ulimit -n 40; exec "$SBX" --allow-host localhost:9 true'
	expect_status 0
	background "$SBX" -p default --allow-host localhost:9 sleep 60
	wait_until pgrep -P "$JOB" sbx-relay
	relay=$(pgrep -P "$JOB")
	kill -9 "$JOB"
	for pid in $relay; do
		wait_until test ! -e "/proc/$pid/exe"
	done
}

# As $PUMP, of the shell $JOB's run alone
pump_of_run() {
	local wrap
	wrap=$(pgrep -P "$JOB" sbx-wrap) && PUMP=$(pgrep -P "$wrap" -f 'sbx-relay pump')
}

@test "without its pump the command has no network, and the fence stays" {
	background sh -c '"$SBX" -p default --ro . --allow-host localhost:9 sh -c "until test -e go; do sleep 0.1; done; cat /etc/shadow" >out 2>&1'
	wait_until pump_of_run
	kill -9 "$PUMP"
	touch go
	wait_until grep -q 'sbx-relay ended before the command' out
	run grep root: out
	expect_status 1
}

@test "the pump can open no file, make no socket and no process" {
	background "$SBX" -p default --allow-host localhost:9 sleep 60
	wait_until pgrep -P "$JOB" -f 'sbx-relay pump'
	local pump
	pump=$(pgrep -P "$JOB" -f 'sbx-relay pump')
	wait_until grep -q '^Seccomp:.2' "/proc/$pump/status"
	grep -q '^CapEff:.0000000000000000' "/proc/$pump/status"
	grep -q '^NoNewPrivs:.1' "/proc/$pump/status"
}

@test "what can't take effect is refused" {
	run "$SBX" --allow-host allowed.test --share-net true
	expect_refused 'net.hosts needs net.mode = "hosts"'
	run "$SBX" --set 'net="hosts"' true
	expect_refused 'needs somebody in net.hosts'
	run "$SBX" --allow-host allowed.test --set 'namespaces=[]' true
	expect_refused 'needs "net" in namespaces'
	run "$SBX" --allow-host '*.allowed.test' true
	expect_refused 'patterns aren.t supported yet'
	run "$SBX" --allow-host localhost true
	expect_refused 'needs a port'
	run "$SBX" --allow-host 127.1:80 true
	expect_refused 'neither a name nor an address'
	run "$SBX" --allow-host 10.1.1.1/24 true
	expect_refused 'its bits behind the prefix'
}
