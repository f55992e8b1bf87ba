# SPDX-License-Identifier: MIT
# Make compile_commands.json out of what `make -nB` would run; -v dir=DIRECTORY. A source that belongs to several programs is
# listed as the first one has it.
function json(text) {
	gsub(/\\/, "\\\\", text)
	gsub(/"/, "\\\"", text)
	return "\"" text "\""
}
$1 ~ /gcc$|^cc$|clang$/ {
	for (i = 2; i <= NF && $i !~ /\.c$/; i++)
		;
	if (i > NF || $i in listed)
		next
	file = $i
	listed[file]
	gsub(/ -fno-tree-[a-z-]+/, "") # clang doesn't know it
	gsub(/^[ \t]+|\$\([^)]*\)|;? \\$/, "") # nor is it a shell
	printf "%s\n{ \"directory\": %s, \"file\": %s, \"command\": %s }", count++ ? "," : "[", json(dir), json(file), json($0)
}
END { print "\n]" }
