#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Completions for bash, zsh and fish: made from the programs' own tables, so what is tested is that each shell offers it.

load helper

more_setup() {
	SHARE=$BUILD/share
	PATH=$BUILD:$PATH
	touch 'a file' b.txt
}

# What bash offers for a command line whose last word is being typed.
in_bash() { # WORD...
	bash -c '
		source "$0/bash-completion/completions/$1"
		COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
		"_${1//-/_}"
		printf "%s\n" "${COMPREPLY[@]}"' "$SHARE" "$@"
}

in_fish() { # LINE
	HOME=$WORK XDG_CONFIG_HOME=$WORK fish --no-config -c "source $SHARE/fish/vendor_completions.d/sbx-wrap.fish; source $SHARE/fish/vendor_completions.d/sbx-policy.fish
		complete -C '$1'" | cut -f1
}

# What zsh shows after a tab, through a terminal of its own, until the pattern comes up (or it is given up).
in_zsh() { # LINE PATTERN
	zsh -f -c '
		zmodload zsh/zpty
		zpty z zsh -f -i
		zpty -w z "PROMPT=; fpath=($1 \$fpath); autoload -Uz compinit; compinit -u -D; LISTMAX=9999; zstyle \":completion:*\" list-prompt \"\"; print READY"
		while zpty -r z line && [[ $line != READY* ]]; do :; done
		zpty -n -w z "$2"$'"'\t\t'"'
		shown=
		for ((i = 0; i < 600; i++)); do
			while zpty -rt z line; do shown+=$line; done
			[[ $shown = *$3* ]] && break
			sleep 0.05
		done
		print -r -- "$shown"
		zpty -d z' zsh "$SHARE/zsh/site-functions" "$1" "$2" </dev/null
}

every_option() { # PROGRAM
	"$BUILD/$1" --help | grep -oE '^ +(-., )?--[a-z0-9-]+' | grep -oE -- '--[a-z0-9-]+'
}

@test "bash: every option of both programs" {
	for program in sbx-wrap sbx-policy; do
		run in_bash "$program" --
		[ "$program" = sbx-wrap ] || run in_bash "$program" show --
		for option in $(every_option "$program"); do
			expect_line "^$option\$"
		done
	done
}

@test "bash: values of options" {
	run in_bash sbx-wrap --profile pdftote
	expect_output pdftotext
	run in_bash sbx-wrap -p pars
	expect_output parser
	run in_bash sbx-wrap --set fs.re
	expect_output fs.read=
	run in_bash sbx-wrap --latch re
	expect_output required
	run in_bash sbx-wrap --best-effort land
	expect_output landlock
	run in_bash sbx-wrap --ro 'a '
	expect_output 'a file'
	run in_bash sbx-wrap --ro-bind x b.
	expect_output b.txt
	run in_bash sbx-policy sh
	expect_output show
	run in_bash sbx-policy show unz
	expect_line '^unzip'
}

@test "kept: its words, and what is kept" {
	head -c 2000 /dev/zero >in.dat
	run "$SBX" -q --output-size 10 cp in.dat out.dat
	expect_status 125
	local kept
	kept=$(echo .sbx-kept-*)
	run in_bash sbx-policy kept re
	expect_output restore
	run in_bash sbx-policy kept restore .sbx-kept-
	expect_line "^$kept\$"
	if command -v fish >/dev/null; then
		run in_fish 'sbx-policy kept re'
		expect_line '^restore$'
	fi
	if command -v zsh >/dev/null; then
		run in_zsh 'sbx-policy kept resto' restore
		expect_line restore
	fi
	"$POLICY" kept clean "$kept"
}

@test "bash: behind the options stands a command, and its own arguments" {
	run in_bash sbx-wrap --ro x mkdi
	expect_line '^mkdir$'
	run in_bash sbx-wrap -- mkdi
	expect_line '^mkdir$'
	run in_bash sbx-wrap cat b.
	expect_output b.txt
	run in_bash sbx-wrap cat --pro
	expect_no_line '--profile'
}

@test "fish: options, values, commands" {
	run in_fish 'sbx-wrap --pro'
	expect_line '^--profile$'
	run in_fish 'sbx-wrap --profile pdftot'
	expect_output pdftotext
	run in_fish 'sbx-wrap --latch re'
	expect_output required
	run in_fish 'sbx-wrap --ro x mkdi'
	expect_line '^mkdir$'
	run in_fish 'sbx-wrap cat b.'
	expect_line 'b.txt'
	run in_fish 'sbx-wrap -- cat b.'
	expect_line 'b.txt'
	run in_fish 'sbx-wrap -- --absent b.'
	expect_no_line '^complete: |command substitution'
	run in_fish 'sbx-policy sho'
	expect_line '^show$'
	for option in $(every_option sbx-wrap); do
		run in_fish "sbx-wrap $option"
		expect_line "^$option\$"
	done
}

@test "zsh: options, values, commands" {
	run in_zsh 'sbx-wrap --prof' '--profile'
	expect_line '--profile'
	run in_zsh 'sbx-wrap --latch requ' 'required'
	expect_line 'required'
	run in_zsh 'sbx-wrap --profile pdftot' 'pdftotext'
	expect_line 'pdftotext'
	run in_zsh 'sbx-policy doct' 'doctor'
	expect_line 'doctor'
	run in_zsh 'sbx-wrap cat b.' 'b.txt'
	expect_line 'b\.txt'
}
