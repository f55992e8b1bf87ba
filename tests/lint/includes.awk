# SPDX-License-Identifier: MIT
# Who may include whom. loader includes loader and shim; conf includes conf and shim; shim includes itself and what exists
# without a libc; only the tests include loader. Inside loader and conf each room (folder) has a header of its own name whose
# line "Includes:" lists the rooms that it may include; these lists form no circle.
function part(file) { sub(/\/.*/, "", file); return file }

# loader/run/wait.c: loader/run; loader/main.c: loader; shim/err.h: shim
function room(file, parts, count) {
	count = split(file, parts, "/")
	return (parts[1] == "loader" || parts[1] == "conf") && count > 2 ? parts[1] "/" parts[2] : parts[1]
}

# The last part of a path, without its ending
function stem(path) { sub(/.*\//, "", path); sub(/\.h$/, "", path); return path }

FNR == 1 && FILENAME ~ /^(loader|conf)\/[^\/]*\// {
	rooms[room(FILENAME)] = 1
	is_head = FILENAME ~ /\.h$/ && room(FILENAME) ~ ("/" stem(FILENAME) "$")
}
is_head && /^ \* Includes:/ {
	heads[room(FILENAME)] = FILENAME
	sub(/^ \* Includes:/, "")
	count = split($0, names, " ")
	for (i = 1; i <= count; i++)
		declared[room(FILENAME), names[i]] = 1
}

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
		else if (room(FILENAME) ~ /\// && room(FILENAME) != room(what)) {
			uses[++edges] = room(FILENAME) SUBSEP room(what)
			where[edges] = FILENAME ":" FNR ": " what
		}
	} else if (from == "shim" && what !~ /^(linux|asm)\/|^std(int|def|bool|arg|noreturn)\.h$|^elf\.h$/) {
		problem("shim has no libc")
	}
}

function problem(why) { printf "%s:%d: %s: %s\n", FILENAME, FNR, what, why }

END {
	for (name in rooms)
		if (!(name in heads))
			printf "%s: no header %s.h with a line \"Includes:\"\n", name, name "/" stem(name)
	for (i = 1; i <= edges; i++) {
		split(uses[i], ends, SUBSEP)
		if (!((ends[1], ends[2]) in declared))
			printf "%s: %s says nothing of %s\n", where[i], heads[ends[1]], ends[2]
		used[uses[i]] = 1
	}
	for (pair in declared) {
		split(pair, ends, SUBSEP)
		if (!(pair in used))
			printf "%s: lists %s and includes nothing of it\n", heads[ends[1]], ends[2]
	}
	circles()
}

# Take away the rooms that include none of those left, or that none of those left includes, until nothing changes: what
# remains goes in circles.
function circles(name, pair, ends, gone, includes, included) {
	do {
		gone = 0
		delete includes
		delete included
		for (pair in declared) {
			split(pair, ends, SUBSEP)
			if ((ends[1] in rooms) && (ends[2] in rooms)) {
				includes[ends[1]] = 1
				included[ends[2]] = 1
			}
		}
		for (name in rooms)
			if (!(name in includes) || !(name in included)) {
				delete rooms[name]
				gone = 1
			}
	} while (gone)
	for (name in rooms)
		printf "%s: includes itself by way of other rooms\n", name
}
