/* SPDX-License-Identifier: MIT */
/*
 * test_output_names.c -- which files that exist may be replaced because they fit the pattern of an output.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "loader/argv/output_names.h"

/* Of the names, up to NULL, each fits or none does. */
static void check(const struct sbx_pattern *pattern, bool fits, const char *const *names)
{
	for (; *names; names++)
		if (sbx_output_names_fit(pattern, *names) != fits)
			fail_msg("%s, for %s: %s", *names, pattern->name, fits ? "doesn't fit" : "fits");
}
#define FITS(pattern, ...) check(pattern, true, (const char *const[]){ __VA_ARGS__, NULL })
#define FITS_NOT(pattern, ...) check(pattern, false, (const char *const[]){ __VA_ARGS__, NULL })

static struct sbx_pattern derived_as(enum sbx_arg_derive derive, const char *word, const char *extensions)
{
	struct sbx_names names;

	sbx_output_names_derive(derive, extensions, word, &names);
	assert_non_null(names.dir);
	return names.pattern;
}

static struct sbx_pattern derived(enum sbx_arg_derive derive, const char *word)
{
	return derived_as(derive, word, "");
}

static void counted(void **state)
{
	const struct sbx_pattern pattern = derived(SBX_DERIVE_URL_COUNTED, "https://host/a/page.html");

	(void)state;
	FITS(&pattern, "page.html.1", "page.html.27");
	FITS_NOT(&pattern, "page.html", "page.html.", "page.html.x", "page.html.1x", "page.html.1.txt", "page.html1",
		 "page.htm.1", "other.html.1", "Page.html.1", "1", ".1", "");
}

static void numbered(void **state)
{
	const struct sbx_pattern plain = derived(SBX_DERIVE_NUMBERED, "dir/page.png");
	const struct sbx_pattern format = derived(SBX_DERIVE_NUMBERED, "page%03d.png");
	const struct sbx_pattern bare = derived(SBX_DERIVE_NUMBERED, "page");
	const struct sbx_pattern listed = derived_as(SBX_DERIVE_NUMBERED, "page", "ppm,png");

	(void)state;
	FITS(&plain, "page-01.png", "page-1.png", "page1.png", "page.png-1.png", "page-1-2.png", "page-1.2.png",
	     "page.png-1", "page.png.001");
	FITS_NOT(&plain, "page.png", "page-.png", "page-x.png", "page-1.png.sh.d", "other-1.png", "pages-1.png", "page",
		 "page-1.ppm", "page-1.php", "page-1.sh", "page-1", "page.png-1.sh", "page.png-", "");
	FITS(&bare, "page-1", "page1", "page-1-2");
	FITS_NOT(&bare, "page-1.png", "page", "page-1.");
	FITS(&listed, "page-1.ppm", "page-1.png", "page01.png", "page-1.2.png");
	FITS_NOT(&listed, "page-1", "page-1.php", "page-1.pn", "page-1.pngx", "page-1.", "page-1.ppm,png", "page-1.,",
		 "page.png", "page-1.png.php", "page-1.PNG");
	FITS(&format, "page001.png", "page1.png", "page001-100.png");
	FITS_NOT(&format, "page.png", "pagex.png", "page001.sh", "page001x.png", "other001.png", "page-1.png", "");
}

static void extended(void **state)
{
	const struct sbx_pattern replace = derived(SBX_DERIVE_REPLACE_ANY, "dir/in.doc");
	const struct sbx_pattern append = derived(SBX_DERIVE_APPEND_ANY, "dir/in.doc");
	const struct sbx_pattern pictures = derived_as(SBX_DERIVE_REPLACE_ANY, "dir/in.doc", "png,jpg");
	const struct sbx_pattern texts = derived_as(SBX_DERIVE_APPEND_ANY, "up", "txt,hocr");

	(void)state;
	FITS(&replace, "in.pdf", "in.txt");
	FITS_NOT(&replace, "in.doc", "in", "in.", "in.p-f", "in.tar.gz", "inn.pdf", "other.pdf", "");
	FITS(&append, "in.doc.gz");
	FITS(&pictures, "in.png", "in.jpg");
	FITS_NOT(&pictures, "in.php", "in.doc", "in", "in.", "in.p", "in.pngx", "in.png,jpg", "in.jpg.php",
		 "in.doc.png");
	FITS(&texts, "up.txt", "up.hocr");
	FITS_NOT(&texts, "up.php", "up", "up.", "up.txt.php", "up.tx", "up1.txt");
	FITS_NOT(&append, "in.doc", "in.gz", "in.doc.", "in.doc.tar.gz", "in.docx", "other.doc.gz", "");
}

static void derives(enum sbx_arg_derive derive, const char *suffix, const char *word, const char *name)
{
	struct sbx_names names;

	sbx_output_names_derive(derive, suffix, word, &names);
	assert_null(names.dir);
	assert_int_equal(names.count, name ? 1 : 0);
	if (name)
		assert_string_equal(names.path[0], name);
}

/* Of poppler's tools: .pdf and .PDF are replaced, to any other name something is appended. */
static void known_extension(void **state)
{
	const enum sbx_arg_derive derive = SBX_DERIVE_REPLACE_KNOWN;

	(void)state;
	derives(derive, "pdf>.txt", "d.pdf/in.pdf", "d.pdf/in.txt");
	derives(derive, "pdf>.txt", "IN.PDF", "IN.txt");
	derives(derive, "pdf>.txt", "a.Pdf", "a.Pdf.txt");
	derives(derive, "pdf>.txt", "1706.03762", "1706.03762.txt");
	derives(derive, "pdf>.txt", "a.pdfx", "a.pdfx.txt");
	derives(derive, "pdf>.txt", "pdf", "pdf.txt");
	derives(derive, "pdf>.txt", ".pdf", ".pdf.txt");
	derives(derive, "pdf>.txt", "d/..", NULL);
}

static void extension_removed(void **state)
{
	(void)state;
	derives(SBX_DERIVE_REMOVE_ANY, "", "d.x/a.txt.foo", "d.x/a.txt");
	derives(SBX_DERIVE_REMOVE_ANY, "", "d.x/a", NULL);
	derives(SBX_DERIVE_REMOVE_ANY, "", ".foo", NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(counted),         cmocka_unit_test(numbered),          cmocka_unit_test(extended),
		cmocka_unit_test(known_extension), cmocka_unit_test(extension_removed),
	};

	return cmocka_run_group_tests_name("output names", tests, NULL, NULL);
}
