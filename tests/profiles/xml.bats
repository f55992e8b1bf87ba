#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# xmllint and xsltproc alone and under their profiles.

load same

more_setup() {
	mkdir "$FIXTURE"
	cd "$FIXTURE" || return 1
	cat >in.xml <<'END'
<?xml version="1.0"?>
<!DOCTYPE r [<!ELEMENT r (i*)><!ELEMENT i (#PCDATA)><!ATTLIST i n CDATA #REQUIRED><!ENTITY e "&#233;">]>
<r><i n="1">a&e;</i><i n="2">b &amp; c</i></r>
END
	echo '<r><i n="x">a</i><j/></r>' >other.xml
	echo '<r><i>' >bad.xml
	echo '<!ELEMENT r (i*)><!ELEMENT i (#PCDATA)><!ATTLIST i n CDATA #IMPLIED>' >r.dtd
	cat >r.xsd <<'END'
<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"><xs:element name="r"><xs:complexType><xs:sequence>
<xs:element name="i" maxOccurs="unbounded"><xs:complexType><xs:simpleContent><xs:extension base="xs:string">
<xs:attribute name="n" type="xs:int"/></xs:extension></xs:simpleContent></xs:complexType></xs:element>
</xs:sequence></xs:complexType></xs:element></xs:schema>
END
	cat >r.rng <<'END'
<element name="r" xmlns="http://relaxng.org/ns/structure/1.0"><zeroOrMore><element name="i"><attribute name="n"/><text/>
</element></zeroOrMore></element>
END
	echo '<p>one<br>two <b>&copy;<p>three' >page.html
	cat >text.xsl <<'END'
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"><xsl:output method="text"/>
<xsl:param name="sep" select="';'"/><xsl:template match="/"><xsl:for-each select="//i"><xsl:sort select="@n" order="descending"/>
<xsl:value-of select="concat(@n, '=', ., $sep)"/></xsl:for-each></xsl:template></xsl:stylesheet>
END
	cat >html.xsl <<'END'
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform" xmlns:exsl="http://exslt.org/common"
 xmlns:date="http://exslt.org/dates-and-times" extension-element-prefixes="exsl date"><xsl:output method="html" indent="yes"/>
<xsl:template match="/"><html><xsl:apply-templates select="//i"/><xsl:value-of select="date:year('2024-02-29')"/></html></xsl:template>
<xsl:template match="i"><p><xsl:value-of select="."/></p></xsl:template></xsl:stylesheet>
END
	cat >many.xsl <<'END'
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform" xmlns:exsl="http://exslt.org/common"
 extension-element-prefixes="exsl"><xsl:template match="/"><xsl:for-each select="//i"><exsl:document href="out/{@n}.xml">
<xsl:copy-of select="."/></exsl:document></xsl:for-each></xsl:template></xsl:stylesheet>
END
	mkdir out
	cat >xxe.xml <<'END'
<!DOCTYPE r [<!ENTITY x SYSTEM "sibling.txt">]><r>&x;</r>
END
	echo 'a sibling' >sibling.txt
	echo old >old.xml
	{
		echo '<r>'
		printf '<i n="%d">some text in an element</i>\n' $(seq 1 40000)
		echo '</r>'
	} >big.xml
	cd "$WORK" || return 1
}

@test "xmllint: formats, encodings, queries" {
	same_status 0 xmllint in.xml
	same_status 0 xmllint --format in.xml other.xml
	same_status 0 xmllint --noent --dropdtd in.xml
	same_status 0 xmllint --encode ISO-8859-1 --noent in.xml
	same_status 0 xmllint --encode UTF-16 in.xml
	same_status 0 xmllint --c14n other.xml
	same_status 0 xmllint --xpath 'string(//i[2])' in.xml
	same_status 0 xmllint --xpath '//i/@n' in.xml
	same_status 0 xmllint --html --xmlout page.html
	same_status 0 xmllint --debug in.xml
	export SAME_STDIN=$FIXTURE/other.xml
	same_status 0 xmllint --format -
}

@test "xmllint: validation" {
	same_status 0 xmllint --noout --valid in.xml
	same_status 3 xmllint --noout --dtdvalid r.dtd other.xml
	same_status 0 xmllint --noout --noent --schema r.xsd in.xml
	same_status 3 xmllint --noout --schema r.xsd other.xml
	same_status 0 xmllint --noout --relaxng r.rng in.xml
	same_status 3 xmllint --noout --relaxng r.rng other.xml
}

@test "xmllint: outputs, absent and existing" {
	same_status 0 xmllint --format --output new.xml in.xml
	same_status 0 xmllint --format -o old.xml in.xml
	same_status 0 xmllint --output out/new.xml in.xml
	same_status 0 xmllint --compress --output new.xml.gz in.xml
	same xmllint --output absent/new.xml in.xml
}

@test "xmllint: big inputs, errors" {
	same_status 0 xmllint --stream --noout big.xml
	same_status 0 xmllint --format --output new.xml big.xml
	same_status 0 xmllint --xpath 'count(//i)' big.xml
	same_status 1 xmllint bad.xml
	same_status 0 xmllint --recover bad.xml
	same_status 1 xmllint absent.xml
	same_status 1 xmllint --format --output new.xml bad.xml
}

@test "xmllint: an external entity reads nothing" {
	cd "$FIXTURE"
	run "$SBX" xmllint --noent xxe.xml
	expect_no_line 'a sibling'
	run xmllint --noent xxe.xml
	expect_line 'a sibling'
	run "$SBX" --ro sibling.txt xmllint --noent xxe.xml
	expect_line 'a sibling'
}

@test "xsltproc: text, HTML, parameters, several documents" {
	same_status 0 xsltproc text.xsl in.xml
	same_status 0 xsltproc text.xsl in.xml other.xml
	same_status 0 xsltproc --stringparam sep ' / ' text.xsl in.xml
	same_status 0 xsltproc --param sep '2+2' --maxdepth 500 text.xsl in.xml
	same_status 0 xsltproc html.xsl in.xml
	same_status 0 xsltproc --html html.xsl page.html
	export SAME_STDIN=$FIXTURE/in.xml
	same_status 0 xsltproc text.xsl -
}

@test "xsltproc: outputs, absent and existing, one and many" {
	same_status 0 xsltproc -o new.txt text.xsl in.xml
	same_status 0 xsltproc --output old.xml html.xsl in.xml
	same_status 0 xsltproc --output out/new.txt text.xsl big.xml
	same_status 0 xsltproc --writesubtree out many.xsl in.xml
	[ -s "$WORK/run/out/2.xml" ]
	same_status 11 xsltproc --nomkdir -o absent/new.txt text.xsl in.xml
}

@test "xsltproc: errors" {
	same_status 6 xsltproc text.xsl bad.xml
	same_status 4 xsltproc bad.xml in.xml
	same_status 6 xsltproc text.xsl absent.xml
	same xsltproc --no-such-option text.xsl in.xml
}

@test "xsltproc: a stylesheet writes and reads no sibling" {
	cd "$FIXTURE"
	cat >evil.xsl <<'END'
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform" xmlns:exsl="http://exslt.org/common"
 extension-element-prefixes="exsl"><xsl:template match="/"><exsl:document href="sibling.txt">pwned</exsl:document>
<xsl:copy-of select="document('other.xml')"/></xsl:template></xsl:stylesheet>
END
	run "$SBX" xsltproc -o new.txt evil.xsl in.xml
	[ "$(cat sibling.txt)" = 'a sibling' ]
	run ! grep -q '<j/>' new.txt
	run xsltproc evil.xsl in.xml
	expect_line '<j/>'
	run ! grep -q 'a sibling' sibling.txt
}
