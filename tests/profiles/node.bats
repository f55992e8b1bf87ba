#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# node alone and under its profile.

load same

more_setup() {
	mkdir "$FIXTURE"
	cd "$FIXTURE" || return 1
	cat >main.js <<'END'
'use strict';
const fs = require('fs'), zlib = require('zlib'), crypto = require('crypto'), path = require('path'), util = require('util');
const input = fs.readFileSync(process.argv[2], 'utf8');
const lines = input.split('\n');
console.log(path.basename(__filename), process.argv.slice(2), lines.length);
console.log(crypto.createHash('sha256').update(input).digest('hex'));
console.log(zlib.gunzipSync(zlib.gzipSync(input)).equals(Buffer.from(input)));
console.error(util.inspect({ a: [1, { b: new Map([[1, 2n]]) }], re: /x/u }, { depth: 5 }));
console.log(new Intl.NumberFormat('de').format(1234567.891), 'ä'.normalize('NFD').length, [3, 1, 2].toSorted?.() ?? [1, 2, 3]);
let hot = 0;
for (let i = 0; i < 3e6; i++)
	hot = (hot * 31 + i) | 0;
console.log(hot);
process.on('exit', code => console.log('exit', code));
END
	cat >async.mjs <<'END'
import { Worker, isMainThread, parentPort } from 'node:worker_threads';
import { readFile, writeFile, rm } from 'node:fs/promises';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { fileURLToPath } from 'node:url';
import { pbkdf2 } from 'node:crypto';
import { promisify } from 'node:util';
import readline from 'node:readline';
if (!isMainThread) {
	parentPort.postMessage('from a thread');
} else {
	await new Promise(done => new Worker(fileURLToPath(import.meta.url)).on('message', m => console.log(m)).on('exit', done));
	await writeFile('/tmp/scratch', 'x'.repeat(1e6));
	console.log((await readFile('/tmp/scratch')).length);
	await rm('/tmp/scratch');
	let bytes = 0;
	await pipeline(createReadStream(process.argv[2]), createGzip(), async function (source) { for await (const c of source) bytes += c.length; });
	console.log(bytes > 0, (await promisify(pbkdf2)('a', 'b', 1000, 16, 'sha1')).toString('hex'));
	let count = 0;
	for await (const line of readline.createInterface({ input: createReadStream(process.argv[2]) })) count += line.length;
	console.log(count);
	const wasm = new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 127, 3, 2, 1, 0, 7, 5, 1, 1, 102, 0, 0, 10, 6, 1, 4, 0, 65, 42, 11]);
	console.log((await WebAssembly.instantiate(wasm)).instance.exports.f());
	const alive = setInterval(() => {}, 1000); // a handler doesn't keep it running
	process.on('SIGUSR2', () => {
		console.log('signal');
		setTimeout(() => { console.log('timer'); clearInterval(alive); }, 10);
	});
	process.kill(process.pid, 'SIGUSR2');
}
END
	printf 'process.stdin.on("data", d => process.stdout.write(String(d).toUpperCase()));\n' >upper.js
	printf 'process.stdout.write("before\\n"); throw new Error("no");\n' >throws.js
	printf 'let x = ;\n' >syntax.js
	printf 'const fs = require("fs"); require("./lib/answer").write("out.json"); fs.copyFileSync("out.json", "copy.json");\n' >writes.js
	echo 'fs.chmodSync("copy.json", 0o600); fs.utimesSync("copy.json", 1, 2); fs.cpSync("lib", "tree", { recursive: true });' >>writes.js
	mkdir lib
	printf 'exports.write = name => require("fs").writeFileSync(name, JSON.stringify({ answer: 42 }));\n' >lib/answer.js
	seq 200000 >big.txt
	cd "$WORK" || return 1
}

@test "node: a script reads what is named, computes, compresses" {
	same_status 0 node main.js big.txt
	same_status 0 node main.js upper.js --flag 'two words'
	same_status 0 node --stack-size=500 main.js upper.js
}

@test "node: modules, promises, streams, threads, WebAssembly, signals, timers" {
	same_status 0 node async.mjs big.txt
}

@test "node: standard input, -e, -p, options" {
	SAME_STDIN=$FIXTURE/big.txt
	same_status 0 node upper.js
	same_status 0 node -e 'process.stdin.pipe(process.stdout)'
	same_status 0 node -p '[1, 2].map(x => x * 2)'
	same_status 0 node --version
	same_status 0 node --check main.js
}

@test "node: errors" {
	same_status 1 node throws.js
	same_status 1 node syntax.js
	same_status 1 node absent.js
	same_status 9 node --no-such-option
	same_status 7 node -e 'process.exit(7)'
	same node -e 'process.kill(process.pid, "SIGTERM")'
	SAME_OPTIONS+=(-q) # no line of sbx's about the fault
	SAME_FILTER='s/0x[0-9a-f]+/ADDRESS/g' same node -e 'process.abort()'
}

@test "node: with the directory granted, its modules and outputs, existing and not" {
	SAME_OPTIONS=(--rw .)
	same_status 0 node writes.js
	[ "$(cat run/out.json)" = '{"answer":42}' ]
	echo old >"$FIXTURE/out.json"
	same_status 0 node writes.js
}

@test "node: no other file, process, program or peer" {
	home_canary
	cp "$FIXTURE/upper.js" .
	cat >evil.js <<'END'
const fs = require('fs'), cp = require('child_process'), net = require('net');
function attempt(name, f) { try { f(); console.log(name, 'OK'); } catch (e) { console.log(name, e.code); } }
attempt('canary', () => fs.readFileSync(process.env.CANARY));
attempt('sibling', () => fs.readFileSync('upper.js'));
attempt('write', () => fs.writeFileSync('new', 'x'));
attempt('self', () => fs.writeFileSync(__filename, 'x'));
attempt('exec', () => cp.execFileSync('/bin/true'));
attempt('dlopen', () => process.dlopen({ exports: {} }, '/tmp/x.node'));
net.createServer().on('error', e => console.log('listen', e.code)).listen(0, '127.0.0.1', () => { console.log('listen OK'); process.exit(); });
END
	cp evil.js kept.js
	run "$SBX" -p node node evil.js
	expect_none_ok "$output" canary sibling write self exec dlopen listen
	[ ! -e new ]
	cmp evil.js kept.js
	run node evil.js
	expect_all_ok "$output" canary sibling write self exec listen
}

@test "node: by its name it starts programs" {
	same_status 0 node -e 'console.log(require("child_process").execSync("echo started").toString())'
	run "$SBX" -p node node -e 'require("child_process").execSync("echo started")'
	[ "$status" -ne 0 ]
}
