# SPDX-License-Identifier: MIT
# A file answers one question in at most 400 lines; a C function is at most 60 lines long.
FNR == 1 { finish(); file = FILENAME; inside = 0 }
{ lines = FNR }

# a function's body: a { in the first column behind a line that isn't a type, up to a } in the first column
file ~ /\.[ch]$/ && /^\{/ { inside = FNR }
file ~ /\.[ch]$/ && /^\}/ && inside {
	if (FNR - inside > 61)
		printf "%s:%d: a function of %d lines\n", file, inside, FNR - inside - 1
	inside = 0
}

END { finish() }

function finish() {
	if (file != "" && lines > 400)
		printf "%s: %d lines\n", file, lines
}
