#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Files that are secrets by their names, fs.secrets: no argument gets one read. tests/unit/test_secrets.c has the names.

load ../cli/helper

NAMES='id_rsa id_rsa_work id_rsa.bak SERVER.KEY .env .ENV .env.local .npmrc .netrc .git-credentials wp-config.php
	wp-config.php.bak terraform.tfstate kubeconfig bk/.aws/credentials bk/.ssh/config
	deploy_rsa-work token.json krb5cc_1000 key4.db'

more_setup() {
	mkdir -p bk/.aws bk/.ssh
	for file in $NAMES id_rsa.pub .env.example notes tokenizer.json deploy_rsa-work.pub; do
		echo "in $file" >"$file"
	done
}

# arguments of sbx-wrap: the file is read, or the note says how it can be
expect_denied() { # FILE ARGUMENTS...
	local file=$1
	shift
	run --separate-stderr "$SBX" "$@"
	[ "$status" -ne 0 ] || fail "$* succeeds"
	grep -q "in $file" <<<"$output" && fail "$file was read"
	expect_stderr 'a secret by its name \(fs.secrets\), not granted'
	expect_stderr "^hint: --r[ow] $PWD/$file\$"
}

@test "an argument that names a secret isn't granted, an option that does is" {
	for file in $NAMES; do
		expect_denied "$file" cat "$file"
		run "$SBX" --ro "$file" cat "$file"
		expect_output "in $file"
	done
}

@test "names that look like secrets and are none" {
	for file in id_rsa.pub .env.example notes tokenizer.json deploy_rsa-work.pub; do
		run "$SBX" cat "$file"
		expect_output "in $file"
	done
}

@test "a secret by other ways to name it" {
	expect_denied .env cat ./.env
	expect_denied .env cat bk/../.env
	expect_denied .env cat "$PWD//.env"
	expect_denied .env tar -cf out.tar .env
	expect_denied .env --set 'args.inputs=["--data=", "-i"]' sh -c 'cat .env' sh --data=.env
	expect_denied .env --set 'args.inputs=["--data=", "-i"]' sh -c 'cat .env' sh -i .env
	expect_denied .env --set 'fs.read=["$PWD/.env"]' cat .env
	expect_denied .env --set 'fs.read=["$ARG(1)"]' cat .env
	expect_denied .env --set 'fs.write=["$ARG(2)"]' --set 'args.inputs=[]' tee -a .env </dev/null
	run "$SBX" cat <.env # the shell has opened it
	expect_output "in .env"
}

@test "symlinks to a secret, and secrets that are symlinks" {
	ln -s .env harmless
	expect_denied harmless cat harmless
	ln -s notes .env.notes
	expect_denied .env.notes cat .env.notes
	for link in harmless .env.notes; do
		run "$SBX" --ro "$link" cat "$link"
		expect_output "in $(readlink $link)"
	done
}

@test "a directory is no secret because a file of its name would be" {
	mkdir .env.d venv.key
	echo in it >venv.key/x
	run "$SBX" cat venv.key/x
	expect_output 'in it'
	run "$SBX" ls .env.d venv.key
	expect_status 0
}

@test "an existing secret is no output, and one that doesn't exist may be" {
	local set='args.outputs=["last"]'
	expect_denied .env --set "$set" cp notes .env
	[ "$(cat .env)" = 'in .env' ]
	run "$SBX" --set "$set" cp notes new.key
	expect_status 0
	[ "$(cat new.key)" = 'in notes' ]
	run "$SBX" --rw .env --set "$set" sh -c 'cat notes >.env' sh notes .env
	expect_status 0
	[ "$(cat .env)" = 'in notes' ]
}

@test "configuration extends the list, takes names out, or replaces it" {
	run "$SBX" --set 'fs.secrets=["...", "!.env"]' cat .env
	expect_output 'in .env'
	expect_denied id_rsa --set 'fs.secrets=["...", "!.env"]' cat id_rsa
	run "$SBX" --set "fs.secrets=[\"...\", \"!$PWD/id_*\"]" cat id_rsa
	expect_output 'in id_rsa'
	expect_denied notes --set 'fs.secrets=["...", "NOTE*"]' cat notes
	expect_denied notes --set 'fs.secrets=["notes"]' cat notes
	run "$SBX" --set 'fs.secrets=["notes"]' cat .env
	expect_output 'in .env'
	run "$SBX" --set 'fs.secrets=[]' cat .env
	expect_output 'in .env'
	run "$POLICY" show --set 'fs.secrets=["...", "!*.x"]' default
	expect_line '"!\*\.x"'
	expect_line '"id_rsa\*"'
}

@test "a secret in place" {
	needs_in_place
	local set='namespaces=[]'
	run "$SBX" --set "$set" cat notes
	expect_output 'in notes'
	run "$SBX" --set "$set" cat .env
	[ "$status" -ne 0 ]
	expect_no_line '^in .env$'
	run "$SBX" --set "$set" --ro .env cat .env
	expect_output 'in .env'
}
