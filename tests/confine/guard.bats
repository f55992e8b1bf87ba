#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# What is written inside to be run outside: it is read-only where it exists, and moved aside where it has appeared.

load ../cli/helper

more_setup() {
	export GIT_CONFIG_NOSYSTEM=1 GIT_AUTHOR_NAME=t GIT_AUTHOR_EMAIL=t@localhost GIT_COMMITTER_NAME=t GIT_COMMITTER_EMAIL=t@localhost
	GIT_CONFIG_GLOBAL=/dev/null
	export GIT_CONFIG_GLOBAL
	command -v git >/dev/null || skip "needs git"
	mkdir project
	cd project || return 1
	git init -q -b main
	echo one >file
	git add file
	git commit -qm one
	evil="touch $PWD/../ran"
}

more_teardown() {
	chmod -f u+rwx shut .sbx-kept-*/* || true
}

# As its user would go on, outside.
use_git() {
	local dir
	for dir in . */ */*/; do
		[ ! -d "$dir" ] || (
			set +e
			cd "$dir" || exit
			echo more >>file
			git status
			git add file
			git commit -qm more
			git checkout -q -b "b$RANDOM"
			git log -1 --stat
			git fetch
			git submodule status
			git x
		) >/dev/null 2>&1 </dev/null || true
	done
	return 0
}

expect_not_ran() {
	use_git
	[ ! -e ../ran ]
}

attack() { # OPTION... : the script on standard input
	cat >attack.sh
	run "$SBX" --rw . "$@" sh attack.sh
	rm -f attack.sh
}

every_way() {
	cat <<-END
		git config core.fsmonitor '$evil; false'
		printf '[core]\nfsmonitor = $evil\n' >>.git/config
		for hook in pre-commit post-commit post-checkout post-index-change reference-transaction; do
			printf '#!/bin/sh\n$evil\n' >.git/hooks/\$hook; chmod +x .git/hooks/\$hook
		done
		git config core.hooksPath hooks
		git config core.sshCommand '$evil'; git config remote.origin.url ssh://x/y
		git config alias.x '!$evil'
		git config core.pager '$evil'; git config core.editor '$evil'; git config include.path ../more
		git config filter.f.clean '$evil'; echo '* filter=f' >.gitattributes
		git config diff.d.textconv '$evil'
		git config gpg.program '$evil'; git config commit.gpgsign true
		git config remote.origin.url 'ext::$evil'
		echo ../other >.git/commondir
		mkdir -p .git/modules/m/hooks .git/worktrees/w
		rm -rf .git; mv .git .git2; mv .git/config .git/c2; ln -sf /tmp/x .git/config
		git init -q other; git -C other config core.fsmonitor '$evil; false'
		git init -q hooked; printf '#!/bin/sh\n$evil\n' >hooked/.git/hooks/pre-commit; chmod +x hooked/.git/hooks/pre-commit
		mkdir -p sub/objects sub/refs; echo ref: refs/heads/main >sub/HEAD
		printf '[core]\nbare = false\nworktree = .\nfsmonitor = $evil; false\n' >sub/config
		mkdir -p sub2 store/common/objects store/common/refs; echo ref: refs/heads/main >sub2/HEAD
		echo ../store/common >sub2/commondir; printf '[core] fsmonitor = $evil\n' >store/common/config
		mkdir -p objects refs; echo ref: refs/heads/main >HEAD; printf '[core]\nfsmonitor = $evil\n' >config
		mkdir link; echo "gitdir: \$PWD/elsewhere" >link/.git; cp -r other/.git elsewhere
		mkdir upper; cp -r other/.git upper/.GIT; mkdir linked; ln -s ../other/.git linked/.git
		mkdir shut; cp -r other/.git shut/.git; chmod 111 shut
		mkdir included; git init -q included; git -C included config include.path ../../more
		printf '[core]\nfsmonitor = $evil\n' >more
		mkdir -p a/b; cp -r other/.git a/b/.git
	END
}

@test "no way of git's runs what the command has left" {
	attack < <(every_way)
	expect_not_ran
	[ -z "$(git config --get core.fsmonitor)" ]
	expect_line '^sbx-wrap: guard: '
	[ "$(git log --oneline | tail -1 | cut -d' ' -f2)" = one ]
}

@test "without the guard it does" {
	attack --no-guard .git < <(every_way)
	use_git
	[ -e ../ran ]
}

@test "what has appeared is moved aside: the status stays, one line with -q, and it can be put back" {
	attack -q <<-END
		mkdir -p deep/er .vscode .cargo
		echo x >.envrc; echo x >.vscode/tasks.json; echo x >deep/er/.EnvRC; echo x >.cargo/config.toml; echo x >.cargo/other
		echo plain >new
		exit 3
	END
	[ "$status" = 3 ]
	[ "${#lines[@]}" = 1 ]
	expect_line '^sbx-wrap: guard: .*\.envrc'
	[ ! -e .envrc ] && [ ! -e .vscode ] && [ ! -e deep/er/.EnvRC ] && [ ! -e .cargo/config.toml ]
	[ -e .cargo/other ] && [ -e new ]
	run "$POLICY" kept restore "$(echo .sbx-kept-*)"
	[ "$status" = 0 ]
	[ -e .envrc ] && [ -e .vscode/tasks.json ] && [ -e deep/er/.EnvRC ] && [ -e .cargo/config.toml ]
	[ -z "$(find . -maxdepth 1 -name ".sbx-kept-*")" ]
}

@test "what exists is read-only, and stays where it is" {
	mkdir -p deep/.vscode real
	echo x >deep/.vscode/tasks.json
	echo x >.envrc
	echo x >real/settings
	ln -s real .idea
	attack <<-END
		echo y >.envrc; echo y >deep/.vscode/tasks.json; rm -f .envrc; mv deep deeper; echo y >real/settings
		rm .idea; mkdir .idea; echo y >.idea/settings
	END
	[ "$(cat .envrc deep/.vscode/tasks.json real/settings | tr -d '\n')" = xxx ]
	[ "$(readlink .idea)" = real ]
}

@test "--no-guard opens that name, and no other" {
	echo x >.envrc
	attack --no-guard .envrc <<-END
		echo y >.envrc; echo y >.exrc; mkdir sub; echo y >sub/.envrc
	END
	[ "$(cat .envrc sub/.envrc | tr -d '\n')" = yy ]
	[ ! -e .exrc ]
	attack --set 'fs.guard=["own.*"]' <<-END
		echo y >.exrc; echo y >own.tool
	END
	[ -e .exrc ] && [ ! -e own.tool ]
}

@test "git does what it does every day, under its own profile" {
	for words in 'add .' 'commit -qm two' 'config user.name me' 'checkout -q -b side' 'tag v1' 'stash list' 'gc -q' 'branch third'; do
		echo "$words" >>file
		# shellcheck disable=SC2086
		run "$SBX" git $words
		[ "$status" = 0 ]
		expect_no_line guard
	done
	run "$SBX" --rw . git worktree add -q tree third
	[ "$status" = 0 ]
	expect_no_line guard
	[ -e tree/file ]
	git config core.editor true
	run "$SBX" git config alias.x '!true'
	[ "$status" = 0 ]
	expect_line '^sbx-wrap: guard: .*alias\.x=!true'
	[ -z "$(git config --get alias.x)" ]
	[ "$(git config --get core.editor)" = true ]
	run "$SBX" --no-guard .git/config git config alias.x '!true'
	[ "$(git config --get alias.x)" = '!true' ]
	run "$SBX" --rw . git config core.hooksPath elsewhere
	[ -z "$(git config --get core.hooksPath)" ]
}

@test "a repository and a virtual environment that are new as a whole stay" {
	git -C .. clone -q project source
	attack <<-END
		git init -q mine
		mkdir sub; git init -q sub/own
	END
	expect_no_line guard
	[ -d mine/.git ] && [ -d sub/own/.git ]
	run "$SBX" --rw . python3 -m venv --without-pip ve
	expect_no_line guard
	[ -e ve/pyvenv.cfg ]
	attack <<-END
		mkdir usr; echo x >usr/other
	END
	sleep 0.05
	attack <<-END
		echo home=/tmp >usr/pyvenv.cfg
	END
	expect_line '^sbx-wrap: guard: .*pyvenv.cfg'
}

@test "an archive brings none of it, however deep" {
	mkdir -p pack/a/b/c/d/e/.vscode pack/sub
	git init -q pack/evil
	git -C pack/evil config core.fsmonitor "$evil; false"
	cp -r pack/evil/.git pack/a/b/c/d/e/.git
	mkdir -p pack/sub/.git/modules/objects
	cp -r pack/evil/.git/. pack/sub/.git/modules/objects
	git init -q pack/fine
	echo x >pack/.envrc
	tar -C pack -cf ../pack.tar .
	rm -rf pack
	mkdir out
	run "$SBX" tar -xf ../pack.tar -C out
	[ "$status" = 0 ]
	expect_line '^sbx-wrap: guard: '
	[ ! -e out/.envrc ] && [ ! -e out/evil/.git ] && [ -e out/fine/.git ]
	[ ! -e out/a/b/c/d/e/.git ] && [ ! -e out/a/b/c/d/e/.vscode ]
	(cd out/a/b/c/d/e && git status || true) >/dev/null 2>&1
	[ ! -e ../ran ]
}

@test "what package managers fill is replaced by them" {
	mkdir -p node_modules/one/.vscode vendor/two
	echo x >node_modules/one/.npmrc
	git init -q vendor/two
	attack <<-END
		set -e
		rm -rf node_modules vendor/two
		mkdir -p node_modules/one
		echo one >node_modules/one/index.js
	END
	[ "$status" = 0 ]
	expect_no_line guard
	[ ! -e vendor/two ]
}

@test "a link in the place of what is guarded, and a file where git's directory is elsewhere" {
	git init -q --separate-git-dir="$PWD/gitdata" apart
	attack <<-END
		git -C apart config core.fsmonitor '$evil; false'
		printf '[core]\nfsmonitor = $evil\n' >>gitdata/config
		echo "gitdir: /tmp" >apart/.git
	END
	(cd apart && git status) >/dev/null
	[ ! -e ../ran ]
	[ -z "$(git -C apart config --get core.fsmonitor)" ]
}

@test "what git's configuration has it execute or read is read-only, and nothing comes in its place" {
	mkdir hooks tools
	printf '#!/bin/sh\ntrue\n' | tee hooks/pre-commit >tools/filter
	chmod +x hooks/pre-commit tools/filter
	git config core.hooksPath hooks
	git config filter.f.clean tools/filter
	git config core.fsmonitor ./absent
	git config include.path ../missing
	attack <<-END
		echo '$evil' >>hooks/pre-commit; echo '$evil' >>tools/filter; mv hooks h2; rm -r tools
		printf '#!/bin/sh\n$evil\n' >absent; chmod +x absent; echo '* filter=f' >.gitattributes
		printf '[core]\nsshCommand = $evil\n' >missing
	END
	expect_not_ran
	[ ! -e missing ] && [ ! -e absent ] && [ -x hooks/pre-commit ]
}

@test "in place a directory that holds a guarded name isn't written" {
	needs_in_place
	mkdir ../plain
	run "$SBX" --set 'namespaces=[]' --rw . sh -c 'echo x >new'
	[ "$status" = 125 ]
	expect_line 'nothing guards its .git'
	run "$SBX" --set 'namespaces=[]' --rw . --no-guard .git sh -c 'echo x >new'
	[ "$status" = 0 ]
	run "$SBX" --set 'namespaces=[]' --rw ../plain sh -c 'echo x >../plain/new'
	[ "$status" = 0 ]
}

@test "what a killed run has left is moved aside by the next one that writes" {
	background "$SBX" --rw . sh -c 'echo x >.envrc; sleep 60'
	wait_until test -e .envrc
	kill -9 "$JOB"
	wait "$JOB" || true
	[ -e .envrc ]
	sleep 0.2
	run "$SBX" --rw . true
	[ "$status" = 0 ]
	expect_line '^sbx-wrap: guard: .*\.envrc'
	[ ! -e .envrc ]
	run "$SBX" --rw . true
	expect_no_line guard
}

@test "what is run by any name isn't guarded, and is named on request" {
	run "$SBX" --stats --rw . sh -c 'echo all: >Makefile; echo x >.envrc'
	expect_line '^sbx-wrap: guard: .*Makefile: changed by the command'
	[ -e Makefile ]
	sleep 0.05
	run "$SBX" --stats --rw . true
	expect_no_line Makefile
	"$SBX" -q --status-fd 3 --rw . sh -c 'echo {} >package.json; echo x >.exrc' 3>said 2>/dev/null
	python3 -c '
import json, os
guard = json.loads(open("said").readlines()[-1])["guard"]
assert guard == {"moved": [os.getcwd() + "/.exrc"], "settings": [], "changed": [os.getcwd() + "/package.json"]}, guard'
}
