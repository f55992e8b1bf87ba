/*
 * builtin.c -- the shipped files, embedded: the built-in defaults are sbx.conf and profiles, byte for byte.
 *
 * The paths are relative to the directory given with -I, the top of the tree.
 */
#include "conf/source.h"

#define EMBED(symbol, path)                                                                                           \
	__asm__(".section .rodata\n"                                                                                  \
		#symbol ":\n"                                                                                         \
		".incbin \"" path "\"\n"                                                                              \
		".byte 0\n"                                                                                           \
		".previous\n");                                                                                       \
	extern const char symbol[] __attribute__((visibility("hidden")))

EMBED(sbx_text_default, "conf/sbx.conf");
EMBED(sbx_text_parser, "conf/profiles/parser.conf");
EMBED(sbx_text_pdftotext, "conf/profiles/pdftotext.conf");
EMBED(sbx_text_unzip, "conf/profiles/unzip.conf");
EMBED(sbx_text_npm, "conf/profiles/npm.conf");
EMBED(sbx_text_jq, "conf/profiles/jq.conf");
EMBED(sbx_text_xmllint, "conf/profiles/xmllint.conf");
EMBED(sbx_text_xsltproc, "conf/profiles/xsltproc.conf");
EMBED(sbx_text_pdftoppm, "conf/profiles/pdftoppm.conf");
EMBED(sbx_text_pdfinfo, "conf/profiles/pdfinfo.conf");
EMBED(sbx_text_qpdf, "conf/profiles/qpdf.conf");
EMBED(sbx_text_gs, "conf/profiles/gs.conf");
EMBED(sbx_text_ffmpeg, "conf/profiles/ffmpeg.conf");
EMBED(sbx_text_imagemagick, "conf/profiles/imagemagick.conf");
EMBED(sbx_text_tesseract, "conf/profiles/tesseract.conf");
EMBED(sbx_text_node, "conf/profiles/node.conf");
EMBED(sbx_text_make, "conf/profiles/make.conf");
EMBED(sbx_text_gcc, "conf/profiles/gcc.conf");
EMBED(sbx_text_python3, "conf/profiles/python3.conf");
EMBED(sbx_text_git, "conf/profiles/git.conf");
EMBED(sbx_text_curl, "conf/profiles/curl.conf");
EMBED(sbx_text_wget, "conf/profiles/wget.conf");
EMBED(sbx_text_gzip, "conf/profiles/gzip.conf");
EMBED(sbx_text_tar, "conf/profiles/tar.conf");
EMBED(sbx_text_zip, "conf/profiles/zip.conf");
EMBED(sbx_text_sevenzip, "conf/profiles/sevenzip.conf");
EMBED(sbx_text_sqlite3, "conf/profiles/sqlite3.conf");
EMBED(sbx_text_exiftool, "conf/profiles/exiftool.conf");
EMBED(sbx_text_pandoc, "conf/profiles/pandoc.conf");
EMBED(sbx_text_libreoffice, "conf/profiles/libreoffice.conf");

static const struct sbx_builtin builtins[] = {
	{ "built-in sbx.conf", sbx_text_default },
	{ "built-in profiles/parser.conf", sbx_text_parser },
	{ "built-in profiles/pdftotext.conf", sbx_text_pdftotext },
	{ "built-in profiles/unzip.conf", sbx_text_unzip },
	{ "built-in profiles/npm.conf", sbx_text_npm },
	{ "built-in profiles/jq.conf", sbx_text_jq },
	{ "built-in profiles/xmllint.conf", sbx_text_xmllint },
	{ "built-in profiles/xsltproc.conf", sbx_text_xsltproc },
	{ "built-in profiles/pdftoppm.conf", sbx_text_pdftoppm },
	{ "built-in profiles/pdfinfo.conf", sbx_text_pdfinfo },
	{ "built-in profiles/qpdf.conf", sbx_text_qpdf },
	{ "built-in profiles/gs.conf", sbx_text_gs },
	{ "built-in profiles/ffmpeg.conf", sbx_text_ffmpeg },
	{ "built-in profiles/imagemagick.conf", sbx_text_imagemagick },
	{ "built-in profiles/tesseract.conf", sbx_text_tesseract },
	{ "built-in profiles/node.conf", sbx_text_node },
	{ "built-in profiles/make.conf", sbx_text_make },
	{ "built-in profiles/gcc.conf", sbx_text_gcc },
	{ "built-in profiles/python3.conf", sbx_text_python3 },
	{ "built-in profiles/git.conf", sbx_text_git },
	{ "built-in profiles/curl.conf", sbx_text_curl },
	{ "built-in profiles/wget.conf", sbx_text_wget },
	{ "built-in profiles/gzip.conf", sbx_text_gzip },
	{ "built-in profiles/tar.conf", sbx_text_tar },
	{ "built-in profiles/zip.conf", sbx_text_zip },
	{ "built-in profiles/sevenzip.conf", sbx_text_sevenzip },
	{ "built-in profiles/sqlite3.conf", sbx_text_sqlite3 },
	{ "built-in profiles/exiftool.conf", sbx_text_exiftool },
	{ "built-in profiles/pandoc.conf", sbx_text_pandoc },
	{ "built-in profiles/libreoffice.conf", sbx_text_libreoffice },
};

const struct sbx_builtin *sbx_builtins(size_t *count)
{
	*count = sizeof(builtins) / sizeof(builtins[0]);
	return builtins;
}
