/* SPDX-License-Identifier: MIT */
/*
 * late.c -- loads libraries after main has begun: `late FILE...` prints for each whether dlopen(3) got it, `late --env`
 * its environment, `late --join` ends a thread, for which glibc loads libgcc_s by itself.
 *
 * Built as a library too (liblate.so), whose constructor says what the fence lets it do.
 */
#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "tests/tools/errname.h"

#ifdef LIBRARY
__attribute__((constructor)) static void begin(void)
{
	void *map = mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	dprintf(1, "constructor map_exec %s\n", map == MAP_FAILED ? errname(errno) : "OK");
}
#else
static void *leave(void *arg)
{
	pthread_exit(arg);
}

static int join(void)
{
	char token;
	pthread_t thread;
	void *got = NULL;

	if (pthread_create(&thread, NULL, leave, &token) != 0 || pthread_join(thread, &got) != 0)
		return 1;
	puts(got == &token ? "joined" : "lost");
	return 0;
}

int main(int argc, char **argv, char **envp)
{
	if (argc > 1 && !strcmp(argv[1], "--join"))
		return join();
	if (argc > 1 && !strcmp(argv[1], "--env")) {
		for (; *envp; envp++)
			puts(*envp);
		return 0;
	}
	for (int i = 1; i < argc; i++)
		puts(dlopen(argv[i], RTLD_NOW) ? "OK" : dlerror());
	return 0;
}
#endif
