# SPDX-License-Identifier: MIT
# completions.awk -- shell completions out of what the programs say of themselves, so that nothing stands twice:
#
#   sbx-wrap --help >W; sbx-policy --help >P; sbx-policy keys >K
#   awk -v shell=bash|zsh|fish -v program=sbx-wrap|sbx-policy -f completions.awk W P K
#
# A placeholder says what a value is: PROFILE, KEY=VALUE, LAYERS, PATH and its kin, NAME (an environment variable), CMD, or
# the words themselves (auto|required|off).

function quote(text) { gsub(/'/, "'\\''", text); return "'" text "'" }

# "  -p, --profile PROFILE   text": the option, its values and its text
function take_option(line,    word, n, i, values, rest) {
	n = split(line, word, / +/)
	i = word[1] == "" ? 2 : 1
	letter[++options] = ""
	if (word[i] ~ /^-.,$/)
		letter[options] = substr(word[i++], 2, 1)
	name[options] = substr(word[i++], 3)
	values = ""
	while (i <= n && (word[i] ~ /^[A-Z][A-Z=]*$/ || word[i] ~ /\|/) && arity[options] < 2) {
		value[options, ++arity[options]] = word[i++]
	}
	for (rest = word[i++]; i <= n; i++)
		rest = rest " " word[i]
	help[options] = rest
}

# "  check    [FILE...]  text"
function take_command(line,    word, n) {
	n = split(line, word, / +/)
	command[++commands] = word[2]
	if (match(line, /\[[a-z]+\|[a-z|]+\]/))
		command_words[word[2]] = words_of(substr(line, RSTART + 1, RLENGTH - 2))
	sub(/^ +[a-z-]+ +((\[[^]]*\]|[A-Z]) +)*/, "", line)
	command_help[commands] = line
}

FNR == 1 { file++ }
file == (program == "sbx-wrap" ? 1 : 2) && /^commands:/ { section = "commands" }
file == (program == "sbx-wrap" ? 1 : 2) && /^options:/ { section = "options" }
file == (program == "sbx-wrap" ? 1 : 2) && /^ +-/ { take_option($0) }
file == 2 && program == "sbx-policy" && section == "commands" && /^  [a-z]/ { take_command($0) }
file == 3 && /^\.It Ic / { key = $3; keys = keys (keys ? " " : "") key }
file == 3 && key == "best_effort" && /^\.Cm / { layers = layers (layers ? " " : "") $2 }

END {
	if (!options) {
		print "completions: no options found" >"/dev/stderr"
		exit 1
	}
	if (shell == "zsh")
		print "#compdef " program
	print "# completion of " program "(1) for " shell "; made by conf/completions.awk from the programs' own tables"
	if (shell == "bash")
		bash()
	else if (shell == "zsh")
		zsh()
	else
		fish()
}

function is_path(what) { return what ~ /^(PATH|SRC|DEST|FILE|DIR)$/ }
function is_words(what) { return what ~ /\|/ }
function words_of(what) { gsub(/\|/, " ", what); return what }
function kept() { return "sbx-policy kept list 2>/dev/null | grep -oE \"[.]sbx-kept-[0-9a-f]+\"" }
function profiles() { return "sbx-policy list 2>/dev/null | cut -d\" \" -f1" }

# ---- bash

function bash_value(what) {
	if (what == "PROFILE") return "_sbx_reply -W \"$(" profiles() ")\""
	if (what == "KEY=VALUE") return "_sbx_reply -S = -W " quote(keys) "; compopt -o nospace 2>/dev/null"
	if (what == "LAYERS") return "_sbx_reply -W " quote(layers) ""
	if (what == "NAME") return "_sbx_reply -v"
	if (what == "CMD") return "_sbx_reply -c"
	if (is_words(what)) return "_sbx_reply -W " quote(words_of(what)) ""
	if (is_path(what)) return "compopt -o filenames 2>/dev/null; _sbx_reply -f"
	return ":"
}

function bash(    i, j, all, fn) {
	fn = program; gsub(/-/, "_", fn)
	for (i = 1; i <= options; i++)
		all = all (i > 1 ? " " : "") "--" name[i] (letter[i] ? " -" letter[i] : "")
	print "_sbx_reply() { # COMPGEN-OPTION...\n\tmapfile -t COMPREPLY < <(compgen \"$@\" -- \"$cur\")\n}"
	print "_" fn "_value() { # OPTION WHICH: complete its value"
	print "\tcase $1:$2 in"
	for (i = 1; i <= options; i++)
		for (j = 1; j <= arity[i]; j++)
			print "\t--" name[i] ":" j (letter[i] ? " | -" letter[i] ":" j : "") ") " bash_value(value[i, j]) " ;;"
	print "\t*) return 1 ;;\n\tesac\n}"
	print "_" fn "() {"
	print "\tlocal cur=${COMP_WORDS[COMP_CWORD]} i=1 j option operands=0 first=''"
	print "\tCOMPREPLY=()"
	print "\twhile ((i < COMP_CWORD)); do"
	print "\t\toption=${COMP_WORDS[i]}"
	print "\t\tcase $option in"
	for (i = 1; i <= options; i++)
		if (arity[i])
			print "\t\t--" name[i] (letter[i] ? " | -" letter[i] : "") ") j=" arity[i] " ;;"
	print "\t\t--) j=0; ((i++)); break ;;"
	print "\t\t-?*) j=0 ;;"
	print "\t\t*) j=0; operands=$((operands + 1)); first=${first:-$option}"
	if (program == "sbx-wrap") print "\t\t\tbreak ;;"
	else print "\t\t\t;;"
	print "\t\tesac"
	print "\t\tif ((i + j >= COMP_CWORD && j > 0)); then"
	print "\t\t\t_" fn "_value \"$option\" $((COMP_CWORD - i))"
	print "\t\t\treturn 0"
	print "\t\tfi"
	print "\t\t((i += 1 + j))"
	print "\tdone"
	if (program == "sbx-wrap") {
		print "\tif ((operands > 0 || i < COMP_CWORD)) || [ \"${COMP_WORDS[i-1]}\" = -- ]; then"
		print "\t\tif ((i == COMP_CWORD)); then _sbx_reply -c"
		print "\t\telif declare -F _command_offset >/dev/null; then _command_offset \"$i\""
		print "\t\telse compopt -o filenames 2>/dev/null; _sbx_reply -f; fi"
		print "\t\treturn 0"
		print "\tfi"
	} else {
		print "\tif ((operands == 0)) && [[ $cur != -* ]]; then"
		print "\t\t_sbx_reply -W " quote(command_list()) ""
		print "\t\treturn 0"
		print "\tfi"
	}
	print "\tcase $cur in"
	print "\t-*) _sbx_reply -W " quote(all) " ;;"
	if (program == "sbx-wrap")
		print "\t*) _sbx_reply -c ;;"
	else
		print "\t*) if [ \"$first\" = check ]; then compopt -o filenames 2>/dev/null; _sbx_reply -f\n" \
			"\t\telif [ \"$first\" = kept ] && ((operands == 1)); then _sbx_reply -W " quote(command_words["kept"]) "\n" \
			"\t\telif [ \"$first\" = kept ]; then _sbx_reply -W \"$(" kept() ")\"\n" \
			"\t\telse " bash_value("PROFILE") "; fi ;;"
	print "\tesac\n}"
	print "complete -F _" fn " " program
}

function command_list(    i, all) {
	for (i = 1; i <= commands; i++)
		all = all (i > 1 ? " " : "") command[i]
	return all
}

# ---- zsh

function zsh_text(text) { gsub(/[][\\:]/, "\\\\&", text); return text }

function zsh_value(what) {
	if (what == "PROFILE") return "profile:_sbx_profiles"
	if (what == "KEY=VALUE") return "key:(" zsh_keys() ")"
	if (what == "LAYERS") return "layers:_values -s , layer " layers
	if (what == "NAME") return "variable:_parameters -g \"*export*\""
	if (what == "CMD") return "command:_command_names -e"
	if (is_words(what)) return "word:(" words_of(what) ")"
	if (is_path(what)) return what == "DIR" ? "directory:_files -/" : "file:_files"
	return tolower(what) ": "
}

function zsh_keys(    all) { all = keys; gsub(/ /, "= ", all); return all "=" }

function zsh(    i, j, spec, forms) {
	print "_sbx_profiles() { local -a found; found=(${(f)\"$(" profiles() ")\"}); compadd -a found }"
	if (program == "sbx-policy") {
		print "_sbx_kept() { local -a found; found=(${(f)\"$(" kept() ")\"})"
		print "\t(( CURRENT == 3 )) && compadd " command_words["kept"] " || compadd -a found }"
		print "local -a commands; commands=("
		for (i = 1; i <= commands; i++)
			print "\t" quote(command[i] ":" zsh_text(command_help[i]))
		print ")"
	}
	print "_arguments -s -S \\"
	for (i = 1; i <= options; i++) {
		spec = "[" zsh_text(help[i]) "]"
		for (j = 1; j <= arity[i]; j++)
			spec = spec ":" zsh_value(value[i, j])
		forms = "--" name[i]
		print "\t" quote("*" forms (arity[i] == 1 ? "=" : "") spec) " \\"
		if (letter[i])
			print "\t" quote("*-" letter[i] spec) " \\"
	}
	if (program == "sbx-wrap") {
		print "\t'(-):command:_command_names -e' \\"
		print "\t'*::argument:_normal'"
	} else {
		print "\t'1:command:((${commands}))' \\"
		print "\t'*:argument:{ case $words[2] in check) _files ;; kept) _sbx_kept ;; *) _sbx_profiles ;; esac }'"
	}
}

# ---- fish

function fish_value(what) {
	if (what == "PROFILE") return " -x -a '(" profiles() ")'"
	if (what == "KEY=VALUE") return " -x -a " quote(zsh_keys())
	if (what == "LAYERS") return " -x -a " quote(layers)
	if (what == "NAME") return " -x -a '(set -nx)'"
	if (what == "CMD") return " -x -a '(__fish_complete_command)'"
	if (is_words(what)) return " -x -a " quote(words_of(what))
	if (is_path(what)) return " -r -F"
	return " -x"
}

function fish(    i, j) {
	for (i = 1; i <= options; i++)
		print "complete -c " program (program == "sbx-wrap" ? " -n __sbx_wrap_options" : "") \
			(letter[i] ? " -s " letter[i] : "") " -l " name[i] (arity[i] ? fish_value(value[i, 1]) : "") \
			" -d " quote(help[i])
	if (program == "sbx-policy") {
		print "complete -c sbx-policy -f"
		for (i = 1; i <= commands; i++)
			print "complete -c sbx-policy -n __fish_use_subcommand -a " command[i] " -d " quote(command_help[i])
		print "complete -c sbx-policy -n '__fish_seen_subcommand_from check' -F"
		print "complete -c sbx-policy -n '__fish_seen_subcommand_from kept; and not __fish_seen_subcommand_from " command_words["kept"] "' -a " quote(command_words["kept"])
		print "complete -c sbx-policy -n '__fish_seen_subcommand_from kept; and __fish_seen_subcommand_from " command_words["kept"] "' -a '(" kept() ")'"
		print "complete -c sbx-policy -n '__fish_seen_subcommand_from compile show diff' -a '(" profiles() ")'"
		return
	}
	printf "set -g __sbx_wrap_arity"
	for (i = 1; i <= options; i++)
		for (j = 1; arity[i] && j <= (letter[i] ? 2 : 1); j++)
			printf " %s:%d", j == 1 ? "--" name[i] : "-" letter[i], arity[i]
	print ""
	print "# where the command stands among the words, or nothing while there are only options"
	print "function __sbx_wrap_command"
	print "\tset -l words (commandline -opc)"
	print "\tset -l i 2"
	print "\twhile test $i -le (count $words)"
	print "\t\tswitch $words[$i]"
	print "\t\t\tcase --\n\t\t\t\tmath $i + 1\n\t\t\t\treturn"
	print "\t\t\tcase '-*'" # ? is no wildcard from fish 4 on
	print "\t\t\t\tset -l arity (string match -r -- \"^$words[$i]:(\\d)\\$\" $__sbx_wrap_arity)[2]"
	print "\t\t\t\ttest -n \"$arity\"; and set i (math $i + $arity)"
	print "\t\t\tcase '*'\n\t\t\t\techo $i\n\t\t\t\treturn"
	print "\t\tend\n\t\tset i (math $i + 1)\n\tend\nend"
	print "function __sbx_wrap_options\n\ttest -z (__sbx_wrap_command)\nend"
	print "# the command's own completions, as if it stood alone"
	print "function __sbx_wrap_rest"
	print "\tset -l i (__sbx_wrap_command)"
	print "\tif test -z \"$i\"\n\t\t__fish_complete_command\n\t\treturn\n\tend"
	print "\tset -l words (commandline -opc) (commandline -ct)"
	print "\tcomplete --do-complete=(string join -- ' ' $words[$i..-1])\nend"
	print "complete -c sbx-wrap -f -a '(__sbx_wrap_rest)'"
}
