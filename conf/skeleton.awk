# SPDX-License-Identifier: MIT
# Make of conf/sbx.conf the file that is installed in /etc: each key commented out, the groups left to uncomment it in.
BEGIN {
	print "# sbx.conf -- the policy of this machine; see sbx.conf(5)."
	print "#"
	print "# What is commented out is built in, and in force. To change a key, uncomment it: a list with all its lines."
	print "# A list replaces the one that it inherits, or extends it where \"...\" is among its items; an empty list"
	print "# grants nothing."
}
!begun && /^#/ { next } # of the built-in file
{ begun = 1 }
/^\t*(#.*)?$/ || /^\t*[a-z_]+ = \{$/ || /^\t*\};$/ { print; next }
{
	match($0, /^\t*/)
	indent = open ? depth : RLENGTH
	print substr("\t\t\t\t", 1, indent) "# " substr($0, indent + 1)
	if (!open)
		depth = indent
	open = !/;[ \t]*(#.*)?$/
}
