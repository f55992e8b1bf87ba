/*
 * builtin_files.c -- the shipped files, embedded: the built-in defaults are sbx.conf and profiles, byte for byte.
 *
 * The paths are relative to the directory given with -I, the top of the tree.
 */
#include "conf/config/config_sources.h"

#define EMBED(symbol, path)                        \
	__asm__(".section .rodata\n" #symbol ":\n" \
		".incbin \"" path "\"\n"           \
		".byte 0\n"                        \
		".previous\n");                    \
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
	{ SBX_BUILTIN_FILE "sbx.conf", sbx_text_default },
	{ SBX_BUILTIN_FILE "profiles/parser.conf", sbx_text_parser },
	{ SBX_BUILTIN_FILE "profiles/pdftotext.conf", sbx_text_pdftotext },
	{ SBX_BUILTIN_FILE "profiles/unzip.conf", sbx_text_unzip },
	{ SBX_BUILTIN_FILE "profiles/npm.conf", sbx_text_npm },
	{ SBX_BUILTIN_FILE "profiles/jq.conf", sbx_text_jq },
	{ SBX_BUILTIN_FILE "profiles/xmllint.conf", sbx_text_xmllint },
	{ SBX_BUILTIN_FILE "profiles/xsltproc.conf", sbx_text_xsltproc },
	{ SBX_BUILTIN_FILE "profiles/pdftoppm.conf", sbx_text_pdftoppm },
	{ SBX_BUILTIN_FILE "profiles/pdfinfo.conf", sbx_text_pdfinfo },
	{ SBX_BUILTIN_FILE "profiles/qpdf.conf", sbx_text_qpdf },
	{ SBX_BUILTIN_FILE "profiles/gs.conf", sbx_text_gs },
	{ SBX_BUILTIN_FILE "profiles/ffmpeg.conf", sbx_text_ffmpeg },
	{ SBX_BUILTIN_FILE "profiles/imagemagick.conf", sbx_text_imagemagick },
	{ SBX_BUILTIN_FILE "profiles/tesseract.conf", sbx_text_tesseract },
	{ SBX_BUILTIN_FILE "profiles/node.conf", sbx_text_node },
	{ SBX_BUILTIN_FILE "profiles/make.conf", sbx_text_make },
	{ SBX_BUILTIN_FILE "profiles/gcc.conf", sbx_text_gcc },
	{ SBX_BUILTIN_FILE "profiles/python3.conf", sbx_text_python3 },
	{ SBX_BUILTIN_FILE "profiles/git.conf", sbx_text_git },
	{ SBX_BUILTIN_FILE "profiles/curl.conf", sbx_text_curl },
	{ SBX_BUILTIN_FILE "profiles/wget.conf", sbx_text_wget },
	{ SBX_BUILTIN_FILE "profiles/gzip.conf", sbx_text_gzip },
	{ SBX_BUILTIN_FILE "profiles/tar.conf", sbx_text_tar },
	{ SBX_BUILTIN_FILE "profiles/zip.conf", sbx_text_zip },
	{ SBX_BUILTIN_FILE "profiles/sevenzip.conf", sbx_text_sevenzip },
	{ SBX_BUILTIN_FILE "profiles/sqlite3.conf", sbx_text_sqlite3 },
	{ SBX_BUILTIN_FILE "profiles/exiftool.conf", sbx_text_exiftool },
	{ SBX_BUILTIN_FILE "profiles/pandoc.conf", sbx_text_pandoc },
	{ SBX_BUILTIN_FILE "profiles/libreoffice.conf", sbx_text_libreoffice },
};

const struct sbx_builtin *sbx_builtins(size_t *count)
{
	*count = sizeof(builtins) / sizeof(builtins[0]);
	return builtins;
}
