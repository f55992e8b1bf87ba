/* SPDX-License-Identifier: MIT */
/*
 * sbx-relay.c -- sbx-relay pump NAMESPACES, sbx-relay connector: started by relay.c alone, which gives it descriptors.
 * A program of glibc: names are looked up as the host's programs look them up.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "loader/net/connector.h"
#include "loader/net/pump.h"

#define FD(name) (SBX_RELAY_FD + SBX_RELAY_FD_##name)

/* Their count, or 0 where these aren't the loader's. */
static size_t map_entries(const struct sbx_host_entry **entries)
{
	struct stat st;
	size_t count;

	if (fstat(FD(HOSTS), &st) < 0 || !S_ISREG(st.st_mode) || (size_t)st.st_size % sizeof(**entries) ||
	    !st.st_size || (size_t)st.st_size > SBX_HOSTS_MAX * sizeof(**entries))
		return 0;
	count = (size_t)st.st_size / sizeof(**entries);
	*entries = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, FD(HOSTS), 0);
	close(FD(HOSTS));
	for (size_t i = 0; i < count && *entries != MAP_FAILED; i++)
		if (!sbx_host_entry_ok(&(*entries)[i]))
			return 0;
	return *entries == MAP_FAILED ? 0 : count;
}

int main(int argc, char **argv)
{
	static const char usage[] = "sbx-relay: started by sbx-wrap, for net.mode = \"hosts\"\n";
	const struct sbx_host_entry *entries;
	const size_t count = argc >= 2 ? map_entries(&entries) : 0;

	if (count && argc == 3 && strcmp(argv[1], "pump") == 0)
		return sbx_pump_run(FD(LINK), FD(CONTROL), FD(PIDFD), (int)strtoul(argv[2], NULL, 10), entries, count);
	if (count && argc == 2 && strcmp(argv[1], "connector") == 0)
		return sbx_connector_run(FD(LINK), entries, count);
	(void)!write(STDERR_FILENO, usage, sizeof(usage) - 1);
	return 2;
}
