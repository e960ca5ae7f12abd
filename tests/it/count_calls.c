/* Which files a program asks for or opens.
 *
 * Loaded by LD_PRELOAD. Of every call that names something below the folder COUNT_FOLDER it appends
 * a line to the file COUNT_LOG: "stat" or "open", a blank, and the path. What Rust's library calls on
 * Linux is intercepted, and the same under the names that other versions of it use. Folders are read
 * by opendir, which is not among them.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define REAL(type, name, ...) \
    static type (*real)(__VA_ARGS__); \
    if (!real) real = (type (*)(__VA_ARGS__))dlsym(RTLD_NEXT, name)

static int (*real_open(void))(const char *, int, ...) {
    REAL(int, "open64", const char *, int, ...);
    return real;
}

static void note(const char *call, int folder, const char *path) {
    char above[PATH_MAX] = "", link[64], line[2 * PATH_MAX + 16];
    if (!path) return; /* Rust's library tries so whether there is statx */
    if (*path != '/' && folder != AT_FDCWD) {
        snprintf(link, sizeof link, "/proc/self/fd/%d", folder);
        ssize_t length = readlink(link, above, sizeof above - 2);
        if (length < 0) return;
        strcpy(above + length, "/");
    }
    int length = snprintf(line, sizeof line, "%s %s%s\n", call, above, path);
    const char *counted = getenv("COUNT_FOLDER");
    if (!counted || strncmp(line + strlen(call) + 1, counted, strlen(counted))) return;
    int log = real_open()(getenv("COUNT_LOG"), O_WRONLY | O_CREAT | O_APPEND, 0666);
    if (log < 0 || write(log, line, length) != length) abort();
    close(log);
}

int statx(int folder, const char *path, int flags, unsigned mask, struct statx *result) {
    REAL(int, "statx", int, const char *, int, unsigned, struct statx *);
    note("stat", folder, path);
    return real(folder, path, flags, mask, result);
}

#define STAT(name, type) \
    int name(const char *path, struct type *result) { \
        REAL(int, #name, const char *, struct type *); \
        note("stat", AT_FDCWD, path); \
        return real(path, result); \
    }
STAT(stat, stat)
STAT(lstat, stat)
STAT(stat64, stat64)
STAT(lstat64, stat64)

#define STAT_AT(name, type) \
    int name(int folder, const char *path, struct type *result, int flags) { \
        REAL(int, #name, int, const char *, struct type *, int); \
        note("stat", folder, path); \
        return real(folder, path, result, flags); \
    }
STAT_AT(fstatat, stat)
STAT_AT(fstatat64, stat64)

#define MODE(flags) \
    va_list rest; \
    va_start(rest, flags); \
    mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(rest, mode_t) : 0; \
    va_end(rest)

#define OPEN(name) \
    int name(const char *path, int flags, ...) { \
        MODE(flags); \
        note("open", AT_FDCWD, path); \
        return real_open()(path, flags, mode); \
    }
OPEN(open)
OPEN(open64)

#define OPEN_AT(name) \
    int name(int folder, const char *path, int flags, ...) { \
        REAL(int, #name, int, const char *, int, ...); \
        MODE(flags); \
        note("open", folder, path); \
        return real(folder, path, flags, mode); \
    }
OPEN_AT(openat)
OPEN_AT(openat64)
