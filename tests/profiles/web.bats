#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# curl and wget, alone and under their profiles, from a server on loopback.

load same

more_setup() {
	mkdir "$FIXTURE" served
	seq 300000 >served/big.txt
	echo small >served/small.txt
	head -c 200000 /dev/urandom >served/data.bin
	echo '<a href="small.txt">small</a>' >served/index.html
	echo spaced >'served/a name.txt'
	touch -d '2020-02-02 02:02:02 UTC' served/*
	echo old >"$FIXTURE/small.txt"
	echo sibling >"$FIXTURE/sibling.txt"
	echo 'upload me' >"$FIXTURE/upload.txt"
	openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -addext subjectAltName=DNS:localhost \
		-keyout server.key -out ca.crt 2>/dev/null
	cp ca.crt "$FIXTURE/"
	mkfifo hold
	"$PYTHON" "$TESTS/tools/httpd.py" served ports ca.crt server.key <hold 3>&- >/dev/null 2>&1 &
	exec {HOLD}>hold
	wait_until test -e ports
	read -r PORT TLS <ports
	URL=http://127.0.0.1:$PORT
	unset http_proxy https_proxy no_proxy HTTPS_PROXY NO_PROXY
}

more_teardown() {
	[ -z "${HOLD-}" ] || exec {HOLD}>&-
}

@test "curl: to standard output, headers, redirections, statuses, other requests" {
	same_status 0 curl -sS "$URL/small.txt"
	same_status 0 curl -sS "$URL/big.txt" "$URL/data.bin"
	same_status 0 curl -sSi "$URL/cookie"
	same_status 0 curl -sSI "$URL/small.txt"
	same_status 0 curl -sSL -w '%{http_code} %{num_redirects} %{size_download}\n' "$URL/moved"
	same_status 0 curl -sS -u user:password "$URL/private"
	same_status 0 curl -sS -r 100-199 "$URL/big.txt"
	same_status 0 curl -sS --retry 2 --retry-delay 0 "$URL/flaky"
	same_status 0 curl -sS -X DELETE -A agent -H 'X-Test: yes' "$URL/echo?a=1"
	same_status 0 curl -sS --compressed --http1.1 "$URL/{small,big}.txt" "$URL/status/20[0-2]"
}

@test "curl: outputs named, named by the URL, existing and not" {
	same_status 0 curl -sS -o new.txt "$URL/big.txt"
	same_status 0 curl -sS -o small.txt "$URL/small.txt"
	same_status 0 curl -sSO "$URL/small.txt"
	same_status 0 curl -sSLo moved.txt -D headers.txt "$URL/moved"
	same_status 0 curl -sS -c jar.txt -o /dev/null "$URL/cookie"
	same_status 0 curl -sS --output new.bin "$URL/data.bin"
	same_status 0 curl -sS -O "$URL/data.bin" -O "$URL/big.txt"
	same_status 0 curl -sS -C - -o part.txt "$URL/big.txt"
	same_status 0 curl -sS -R -o dated.txt "$URL/small.txt"
	same_status 0 curl -fsS --remove-on-error -o new.txt "$URL/small.txt"
	mkdir "$FIXTURE/sub"
	same_status 0 curl -sS --output-dir sub -O "$URL/data.bin" -o new.txt "$URL/small.txt"
	same_status 0 curl -sS --remote-name-all "$URL/data.bin" "$URL/big.txt"
	same_status 0 curl -sS -onew.txt "$URL/big.txt"
	same_status 0 curl -sS -HX-Test:hello "$URL/echo" -o new.txt
	same_status 0 curl -sS -HX-Test:hello -T upload.txt "$URL/echo"
	same_status 0 curl -sS --etag-compare upload.txt "$URL/small.txt"
}

@test "curl: uploads, forms, standard input" {
	# from standard input
	SAME_STDIN=$FIXTURE/upload.txt
	same_status 0 curl -sS -T upload.txt "$URL/echo"
	same_status 0 curl -sS -T - -H 'Transfer-Encoding:' -H 'Content-Length: 10' "$URL/echo"
	same_status 0 curl -sS -d a=1 -d b=2 --data-urlencode 'c=x y' "$URL/echo"
	same_status 0 curl -sS --data-binary @- "$URL/echo"
	SAME_OPTIONS=(--ro upload.txt)
	same_status 0 curl -sS --data-binary @upload.txt "$URL/echo"
}

@test "curl: TLS, with and without the authority" {
	same_status 0 curl -sS --cacert ca.crt "https://localhost:$TLS/small.txt"
	same_status 60 curl -sS "https://localhost:$TLS/small.txt"
	same_status 0 curl -sSk "https://127.0.0.1:$TLS/big.txt" -o secure.txt
}

@test "curl: errors" {
	same_status 22 curl -fsS "$URL/nowhere"
	same_status 0 curl -sS "$URL/status/500"
	same_status 7 curl -sS http://127.0.0.1:1/
	same_status 6 curl -sS http://host.invalid/
	same_status 3 curl -sS 'http://[bad/'
	same_status 2 curl -sS --no-such-option
	same_status 26 curl -sS -T absent.txt "$URL/echo"
	same_status 23 curl -sS -o absent/x.txt "$URL/small.txt"
	same_status 1 curl -sS gopherx://127.0.0.1/
}

@test "wget: named by the URL, existing and not, with its time" {
	export SAME_TIMES=1
	same_status 0 wget -q "$URL/big.txt"
	unset SAME_TIMES
	same_status 0 wget -q "$URL/small.txt"
	[ "$(cat run/small.txt.1)" = small ] && [ "$(cat run/small.txt)" = old ]
	echo first >"$FIXTURE/small.txt.1"
	same_status 0 wget -q "$URL/small.txt"
	[ "$(cat run/small.txt.2)" = small ]
	same_status 0 wget -q "$URL/"
	same_status 0 wget -q "$URL/a%20name.txt" "$URL/data.bin"
	same_status 0 wget -qN "$URL/small.txt"
	same_status 0 wget -qc "$URL/big.txt"
	same_status 0 wget -q --user user --password password "$URL/private"
}

@test "wget: -O, logs, standard output, requests" {
	SAME_FILTER='s/[0-9.]+ ?[KMG]B\/s/SPEED/g; s/[0-9]{4}-[0-9-]+ [0-9:]+/TIME/g; s/ in [0-9.]+s/ in TIME/; s/100% .*/100%/'
	same_status 0 wget -q -O new.bin "$URL/data.bin"
	same_status 0 wget -qO small.txt "$URL/moved"
	same_status 0 wget -qO- "$URL/small.txt" "$URL/big.txt"
	same_status 0 wget -q -O out.txt -o log.txt "$URL/small.txt"
	same_status 0 wget --output-document=doc.txt --append-output=sibling.txt -q "$URL/small.txt"
	same_status 0 wget -O out.txt --progress=dot:mega "$URL/small.txt"
	same_status 0 wget -qSO- --header 'X-Test: yes' --post-data=a=1 "$URL/echo"
	# the log and the jar hold the time
	"$SBX" wget -nv --save-cookies jar.txt --keep-session-cookies -O /dev/null -o log.txt "$URL/cookie"
	grep -q 'taste.sweet' jar.txt
	grep -q '/cookie' log.txt
	mkdir "$FIXTURE/sub"
	same_status 0 wget -q -P sub "$URL/big.txt"
	same_status 0 wget -q --directory-prefix=sub "$URL/big.txt" "$URL/small.txt"
	same_status 0 wget -q -Onew.bin "$URL/data.bin"
	same_status 0 wget -q --connect-timeout 5 "$URL/data.bin"
	same_status 0 wget -q --ca-certificate=ca.crt -O- "https://localhost:$TLS/small.txt"
	same_status 0 wget --spider -q "$URL/small.txt"
}

@test "wget: with the directory granted, recursion, a list of URLs, another directory" {
	echo "$URL/small.txt" >"$FIXTURE/list"
	SAME_OPTIONS=(--rw .)
	same_status 0 wget -q -r -np "$URL/"
	same_status 0 wget -q -i list
	same_status 0 wget -q -P new "$URL/big.txt"
}

@test "wget: errors" {
	same_status 8 wget -q "$URL/nowhere"
	same_status 8 wget -q -O out.txt "$URL/status/500"
	same_status 4 wget -q -t 1 http://127.0.0.1:1/
	same_status 4 wget -q -t 1 http://host.invalid/
	same_status 5 wget -q "https://localhost:$TLS/small.txt"
	same_status 2 wget --no-such-option
	same_status 6 wget -q --user user --password wrong "$URL/private"
}

@test "curl and wget: a file that isn't named is out of reach, and a list of ports holds" {
	home_canary
	cd "$FIXTURE"
	local command
	for command in 'curl -sS' 'wget -q -O-'; do
		# shellcheck disable=SC2086  # words
		run "$SBX" $command --config "$CANARY" "$URL/echo"
		[ "$status" -ne 0 ]
		expect_no_line '^the secret'
	done
	run "$SBX" curl -sS "file://$CANARY"
	expect_status 37
	run curl -sS "file://$CANARY"
	expect_line '^the secret'
	run "$SBX" curl -sS -d @sibling.txt "$URL/echo"
	expect_no_line '^sibling$'
	run curl -sS -d @sibling.txt "$URL/echo"
	expect_line '^sibling$'
	[ "$(landlock_abi)" -ge 4 ] || skip "Landlock here doesn't know ports"
	run "$SBX" --set "net.connect=[53, $PORT]" curl -sS "$URL/small.txt"
	expect_status 0
	expect_output small
	run "$SBX" --set "net.connect=[53, $PORT]" curl -sSk "https://127.0.0.1:$TLS/small.txt"
	expect_status 7
	run "$SBX" --set net=host curl -sSk "https://127.0.0.1:$TLS/small.txt"
	expect_status 0
}
