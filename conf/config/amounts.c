/* SPDX-License-Identifier: MIT */
/*
 * amounts.c -- one grammar, a decimal number and a unit, and a table of units for each type.
 */
#include "conf/config/amounts.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "shim/blob.h"

#define AMOUNT_MAX 0x1p60

struct unit {
	const char *name; /* whatever its case */
	double factor;
};

static const struct unit bytes_units[] = {
	{ "", 1 },        { "K", 0x1p10 },   { "KB", 0x1p10 },  { "KiB", 0x1p10 }, { "M", 0x1p20 },
	{ "MB", 0x1p20 }, { "MiB", 0x1p20 }, { "G", 0x1p30 },   { "GB", 0x1p30 },  { "GiB", 0x1p30 },
	{ "T", 0x1p40 },  { "TB", 0x1p40 },  { "TiB", 0x1p40 }, { NULL, 0 },
};
static const struct unit count_units[] = { { "", 1 }, { NULL, 0 } };
static const struct unit percent_units[] = { { "%", 1000 }, { NULL, 0 } };
static const struct unit duration_units[] = {
	{ "", 1000 },     { "ms", 1 },      { "s", 1000 },     { "m", 60000 },
	{ "min", 60000 }, { "h", 3600000 }, { "d", 86400000 }, { NULL, 0 },
};

/* Digits, with a point among them perhaps, and a unit. */
static int parse_number_and_unit(const struct unit *units, const char *text, double *amount)
{
	const size_t len = strspn(text, "0123456789.");
	char *end;
	double number;

	if (!isdigit((unsigned char)text[0]) || len > 18)
		return -1;
	number = strtod(text, &end);
	if (end != text + len)
		return -1;
	while (units->name && strcasecmp(units->name, end) != 0)
		units++;
	*amount = number * units->factor;
	return units->name && *amount <= AMOUNT_MAX ? 0 : -1;
}

uint32_t sbx_amount_share(const char *text)
{
	double amount;

	return parse_number_and_unit(percent_units, text, &amount) == 0 && amount >= 1 && amount <= SBX_WHOLE ?
		       (uint32_t)amount :
		       0;
}

int sbx_amount_size(const char *text, uint64_t *bytes)
{
	const uint32_t share = sbx_amount_share(text);
	double amount;

	if (!strcmp(text, "auto") || share) {
		*bytes = share ? SBX_SIZE_SHARE | share : SBX_SIZE_AUTO;
		return 0;
	}
	if (parse_number_and_unit(bytes_units, text, &amount) < 0 || amount < 1)
		return -1;
	*bytes = (uint64_t)amount;
	return 0;
}

int sbx_amount_parse(enum sbx_key_type type, const char *text, uint64_t *amount)
{
	static const struct {
		const struct unit *units;
		double least;
	} types[] = {
		[SBX_TYPE_MEMORY] = { bytes_units, 1 },       [SBX_TYPE_AMOUNT] = { bytes_units, 0 },
		[SBX_TYPE_SPACE] = { bytes_units, 1 },        [SBX_TYPE_NUMBER] = { count_units, 1 },
		[SBX_TYPE_PERCENT] = { percent_units, 1000 }, [SBX_TYPE_DURATION] = { duration_units, 1 },
	};
	double number;

	*amount = SBX_UNLIMITED;
	if (!strcmp(text, "unlimited") ||
	    ((type == SBX_TYPE_MEMORY || type == SBX_TYPE_SPACE) && sbx_amount_share(text)))
		return 0;
	if (parse_number_and_unit(types[type].units, text, &number) < 0)
		return -1;
	*amount = (uint64_t)number;
	return number >= types[type].least && (type != SBX_TYPE_NUMBER || !strchr(text, '.')) ? 0 : -1;
}
