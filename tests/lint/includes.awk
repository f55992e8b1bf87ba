# Who may include whom: loader only loader and shim, conf only conf and shim, shim only itself and what is there without
# a libc; nobody but loader and the tests includes loader.
function part(file) { sub(/\/.*/, "", file); return file }

/^[ \t]*#[ \t]*include/ {
	match($0, /["<][^">]*[">]/)
	quoted = substr($0, RSTART, 1) == "\""
	what = substr($0, RSTART + 1, RLENGTH - 2)
	from = part(FILENAME)
	if (quoted) {
		to = part(what)
		if (what !~ /\//)
			problem("is not named from the repository's root")
		else if (from == "shim" && to != "shim")
			problem("shim includes only shim")
		else if ((from == "loader" || from == "conf") && to != from && to != "shim")
			problem(from " includes only " from " and shim")
	} else if (from == "shim" && what !~ /^(linux|asm)\/|^std(int|def|bool|arg|noreturn)\.h$|^elf\.h$/) {
		problem("shim has no libc")
	}
}

function problem(why) { printf "%s:%d: %s: %s\n", FILENAME, FNR, what, why }
