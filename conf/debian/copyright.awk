# SPDX-License-Identifier: MIT
# Make of LICENSE (Expat, which others call MIT) what debian/copyright has to be: deb's machine-readable format, version 1.0.
BEGIN {
	print "Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/"
	print "Upstream-Name: sbx\n"
	print "Files: *"
}
sub(/^Copyright \(c\) /, "") { print "Copyright: " $0 "\nLicense: Expat"; begun = 1; next }
begun && ($0 || started) { started = 1; print " " ($0 ? $0 : ".") }
