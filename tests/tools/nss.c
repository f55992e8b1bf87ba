/* SPDX-License-Identifier: MIT */
/*
 * nss.c -- a name service, as libnss_sbxtest.so.2: it knows the users of /etc/sbxtest, which has the form of passwd(5).
 * Without that file it doesn't answer: its status is that of a service that is down, with the errno that SSSD's leaves.
 */
#include <errno.h>
#include <nss.h>
#include <pwd.h>
#include <stdio.h>

enum nss_status _nss_sbxtest_getpwuid_r(uid_t uid, struct passwd *result, char *buffer, size_t size, int *errnop);

enum nss_status _nss_sbxtest_getpwuid_r(uid_t uid, struct passwd *result, char *buffer, size_t size, int *errnop)
{
	FILE *file = fopen("/etc/sbxtest", "re");
	struct passwd *found = NULL;

	if (!file) {
		*errnop = errno;
		return NSS_STATUS_UNAVAIL;
	}
	while (fgetpwent_r(file, result, buffer, size, &found) == 0 && result->pw_uid != uid)
		found = NULL;
	fclose(file);
	return found ? NSS_STATUS_SUCCESS : NSS_STATUS_NOTFOUND;
}
