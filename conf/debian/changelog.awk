# SPDX-License-Identifier: MIT
# Make of CHANGELOG.md what debian/changelog has to be: deb-changelog(5). A version is "## 1.2.3 (2026-01-31)", a change "- …",
# whose further lines are indented. $MAINTAINER is who makes the package.
function finish() { if (version) printf "\n -- %s  %s\n\n", ENVIRON["MAINTAINER"], date }

/^## / {
	finish()
	version = $2
	stamp = "date -u -R -d " substr($3, 2, 10)
	stamp | getline date
	close(stamp)
	printf "sbx (%s) unstable; urgency=medium\n\n", version
}
/^- / { print "  * " substr($0, 3) }
/^  / { print "    " substr($0, 3) }
END { finish() }
