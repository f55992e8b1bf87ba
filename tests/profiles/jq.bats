#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# jq alone and under its profile.

load same

more_setup() {
	mkdir "$FIXTURE"
	cd "$FIXTURE" || return 1
	echo '{"name":"Zoë","list":[3,1,2],"nested":{"x":null,"y":1.5e3},"when":"2024-02-29T12:00:00Z"}' >in.json
	echo '{"name":"other","list":[]}' >other.json
	printf '{"n":%d,"text":"line of text"}\n' $(seq 1 50000) >big.json
	# shellcheck disable=SC2016  # jq's own variables
	echo '.list | map(. * $factor)' >prog.jq
	mkdir lib
	echo 'def twice: . * 2;' >lib/m.jq
	echo '{"broken": ' >bad.json
	cd "$WORK" || return 1
}

@test "jq: filters, several files, formats" {
	same_status 0 jq . in.json
	same_status 0 jq -c .list in.json other.json
	same_status 0 jq -r .name in.json
	same_status 0 jq -S --tab . in.json
	same_status 0 jq -C . in.json
	same_status 0 jq --indent 7 -a . in.json
	same_status 0 jq -r '.list | @csv, @json, @base64' in.json
	same_status 0 jq '.when | fromdate | strftime("%A, %d %B")' in.json
	same_status 0 jq -n '[limit(5; range(100))] | add'
	same_status 0 jq -s 'map(.name)' in.json other.json
	same_status 0 jq -R . prog.jq
	same_status 0 jq '.name | test("zo."; "i")' in.json
}

@test "jq: a program from a file, variables, modules" {
	same_status 0 jq --argjson factor 10 -f prog.jq in.json
	same_status 0 jq --arg a 1 --slurpfile f other.json --rawfile r prog.jq '[$a, $f, $r]' in.json
	same_status 0 jq -n '$ARGS' --args in.json two
	same_status 0 jq -L lib 'import "m" as m; .list[0] | m::twice' in.json
}

@test "jq: standard input, big inputs, streaming" {
	export SAME_STDIN=$FIXTURE/in.json
	same_status 0 jq .nested
	same_status 0 jq -c --stream . big.json
	same_status 0 jq -s 'map(.n) | add' big.json
	export SAME_STDIN=$FIXTURE/big.json
	same_status 0 jq -c 'select(.n % 1000 == 0)'
}

@test "jq: exit statuses" {
	same_status 1 jq -e '.list[0] == 4' in.json
	same_status 4 jq -e empty in.json
	same jq . bad.json
	same_status 3 jq '.[' in.json
	same_status 5 jq '.name | error' in.json
	same_status 2 jq . absent.json
	same_status 2 jq --no-such-option . in.json
}
