#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# A script of many tools, as it stands, under `children = true`: it does what it did, and each tool that a profile matches
# latches that profile on itself.

load same

TOOLS_USED='unzip pdfinfo pdftotext jq xmllint xsltproc sort uniq tee find'

more_setup() {
	mkdir "$FIXTURE"
	cd "$FIXTURE" || return 1
	make_pdf first.pdf 'the quick brown fox' 'jumps over the lazy dog'
	make_pdf second.pdf 'a dog and a fox and a hen'
	zip -qX documents.zip first.pdf second.pdf
	rm first.pdf second.pdf
	echo 'not a zip' >broken.zip
	cat >report.xsl <<'END'
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform">
<xsl:output method="html"/>
<xsl:template match="/words"><ol><xsl:for-each select="word"><xsl:sort select="@count" data-type="number" order="descending"/>
<xsl:sort select="."/><li title="{@count}"><xsl:value-of select="."/></li></xsl:for-each></ol></xsl:template>
</xsl:stylesheet>
END
	cat >legacy-pipeline.sh <<'END'
#!/bin/sh
# usage: legacy-pipeline.sh ZIP -- count the words of the PDFs in it
set -e
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
unzip -q "$1" -d "$work"
for pdf in "$work"/*.pdf; do
	name=$(basename "$pdf" .pdf)
	pages=$(pdfinfo "$pdf" | awk '/^Pages:/ { print $2 }')
	echo "$name has $pages pages" >&2
	pdftotext "$pdf" - | tr -cs '[:alpha:]' '\n' | grep . | sort | uniq -c |
		awk -v doc="$name" '{ printf "{ \"doc\": \"%s\", \"word\": \"%s\", \"count\": %d }\n", doc, $2, $1 }'
done >words.jsonl
jq -rs 'group_by(.word)[] | "<word count=\"\(map(.count) | add)\">\(.[0].word)</word>"' words.jsonl |
	sed '1s/^/<words>/; $s/$/<\/words>/' | xmllint --format --output words.xml -
xsltproc report.xsl words.xml | tee report.html
gzip -nc words.xml >words.xml.gz
find . -name 'words*' -exec wc -c {} + | sort
END
	chmod +x legacy-pipeline.sh
	cd "$WORK" || return 1
}

@test "a pipeline of many tools under children = true: the same output, files and status" {
	SAME_OPTIONS=(--rwx . --set children=true)
	same_status 0 ./legacy-pipeline.sh documents.zip
	grep -q 'first has 2 pages' plain.err
	grep -q '<li title="4">a</li>\|<li title="3">a</li>' plain.out
	same_status 9 ./legacy-pipeline.sh broken.zip
}

@test "the summary says which of them latched, with which profile" {
	local tool
	cp -a "$FIXTURE/." .
	run "$SBX" -v --rwx . --set children=true ./legacy-pipeline.sh documents.zip
	expect_status 0
	expect_line '^sbx-wrap: children: programs that say they latched \(claims, no proof\):$'
	for tool in $TOOLS_USED; do
		expect_line "^  $tool +$tool +[1-3]\$" || return 1
	done
	for tool in awk tr sed; do
		expect_no_line "^  $tool +$tool +" || return 1
	done
	run "$SBX" -v --rwx . ./legacy-pipeline.sh documents.zip
	expect_status 0
	expect_no_line 'say they latched'
}

@test "a tool of the pipeline that a document took over gets nowhere, though the script may do more" {
	home_canary
	cp -a "$FIXTURE/." .
	echo sibling >sibling.txt
	mkdir bin
	cp "$TOOLS/exploit" bin/pdfinfo
	# in pdfinfo's place: it keeps the files that the script has
	sed -i 's,pages=.*,cp "$pdf" taken.pdf; EXPLOIT_IN=taken.pdf EXPLOIT_OUT=found SIBLING=sibling.txt bin/pdfinfo "$pdf"; pages=$(grep -c . found),' \
		legacy-pipeline.sh
	run "$SBX" --rwx . --share-net --set children=true ./legacy-pipeline.sh documents.zip
	expect_status 0
	expect_none_ok "$(cat found)" mmap_exec mprotect_exec memfd_create socket_inet socket_udp socket_unix fork execve_real canary
	run "$SBX" --rwx . --share-net ./legacy-pipeline.sh documents.zip
	expect_all_ok "$(cat found)" mmap_exec socket_inet fork exec_in_child
}
