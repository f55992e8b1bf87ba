#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# git clone of a local repository, alone and under its profile.

load same

# what holds times and inode numbers
SAME_FILTER='/  .*\/(index|logs\/.*)$|  .*\/logs$/d'

commit() { # MESSAGE
	git add -A
	git -c user.name=test -c user.email=test@localhost commit -qm "$1"
}

more_setup() {
	mkdir -p "$FIXTURE/source/dir"
	export GIT_CONFIG_NOSYSTEM=1 GIT_AUTHOR_DATE='2024-01-01T00:00:00Z' GIT_COMMITTER_DATE='2024-01-01T00:00:00Z'
	cd "$FIXTURE/source" || return 1
	git init -q -b main
	echo one >file
	seq 20000 >dir/big
	printf '#!/bin/sh\n' >run
	chmod +x run
	ln -s dir/big link
	echo 'Émile' >'dir/naïve name'
	commit first
	git tag v1
	git checkout -q -b side
	echo side >side
	commit side
	git checkout -q main
	seq 30000 >dir/big
	commit second
	git gc -q
	echo three >loose
	commit third
	cd "$FIXTURE" || return 1
	git init -q -b main --bare empty
	git clone -q --bare source bare.git
	echo sibling >sibling.txt
	mkdir full && touch full/x
	cd "$WORK" || return 1
}

@test "git clone: beside the source, into a named directory, bare, without a checkout" {
	mkdir "$FIXTURE/into"
	same_status 0 git clone source copy
	git -C run/copy fsck --strict
	[ -z "$(git -C run/copy status --porcelain)" ]
	[ "$(git -C run/copy log --oneline | wc -l)" = 3 ]
	same_status 0 git clone bare.git
	# no links between what may be written and what may not
	same_status 0 git clone -q --no-hardlinks source into
	same_status 0 git clone --local bare.git copy
	same_status 0 git clone --bare source other.git
	same_status 0 git clone -n --mirror source mirror.git
	same_status 0 git clone empty from-empty
}

@test "git clone: branches, depth, filters, configuration, references" {
	same_status 0 git clone -b side --single-branch source copy
	same_status 0 git clone --no-local --depth 1 source copy
	same_status 0 git clone -v --no-local source copy
	same_status 0 git clone -o upstream -c core.autocrlf=input source copy
	same_status 0 git clone --reference source --dissociate bare.git copy
	same_status 0 git clone --no-tags --no-hardlinks source copy
	same_status 0 git clone --separate-git-dir=gitdir source copy
	same_status 0 git clone -c advice.detachedHead=false --branch v1 source copy
	# shellcheck disable=SC2034  # same reads it
	SAME_OPTIONS=(--ro source)
	same_status 0 git clone --depth=2 "file://$WORK/run/source" copy
}

@test "git clone: errors" {
	same_status 128 git clone absent copy
	same_status 128 git clone source full
	same_status 128 git clone -b nowhere source copy
	same_status 129 git clone --no-such-option source
	same_status 129 git clone
	same_status 128 git clone sibling.txt
}

@test "git clone: a hook that comes along does nothing, other files are out of reach" {
	home_canary
	cp -a "$FIXTURE/source" .
	mkdir -p template/hooks elsewhere
	cp -a "$FIXTURE/source" elsewhere/
	printf '#!/bin/sh\necho "hook ran"\ncat "%s"\n' "$CANARY" >template/hooks/post-checkout
	chmod +x template/hooks/post-checkout
	run git clone -q --template=template source plain
	expect_line '^hook ran$'
	expect_line '^the secret'
	run "$SBX" git clone -q --template=template source wrapped
	expect_status 0
	expect_no_line '^hook ran$'
	[ -x wrapped/.git/hooks/post-checkout ]
	# nor does what the caller was talked into running for the other side
	printf '#!/bin/sh\necho "other side ran" >&2\n' >evil
	chmod +x evil
	run git clone -u ./evil source plain2
	expect_line '^other side ran$'
	run "$SBX" git clone -u ./evil --no-local source wrapped2
	[ "$status" -ne 0 ]
	expect_no_line '^other side ran$'
	# an existing directory is all that is written
	mkdir there
	run "$SBX" git clone -q source there
	expect_status 0
	run "$SBX" -p git-clone sh -c 'echo x >beside' clone source there
	[ ! -e beside ]
}

@test "git: looks at the repository it is called in, and changes it" {
	git clone -q "$FIXTURE/source" "$FIXTURE/work"
	rm -rf "$FIXTURE/source" "$FIXTURE/bare.git" "$FIXTURE/empty"
	FIXTURE=$FIXTURE/work
	git -C "$FIXTURE" config user.name test
	git -C "$FIXTURE" config user.email test@localhost
	echo four >>"$FIXTURE/file"
	SAME_FILTER+=';/[.]git/d'
	same_status 0 git status
	same_status 0 git log --oneline --stat
	same_status 0 git diff
	same_status 0 git show HEAD~1
	same_status 0 git blame file
	same_status 0 git add file
	same_status 0 git commit -am fourth
	same_status 0 git checkout -q HEAD~1
	same_status 0 git mv file other
	run "$SBX" --dry-run git status
	expect_line '^profile: git-looks$'
	cd "$FIXTURE"
	run "$SBX" git -c core.fsmonitor='echo >written; false' status
	[ ! -e written ]
}
