/* What would be on the disk if the power failed now, a disk that is full, and a network share.
 *
 * Loaded into a worker by LD_PRELOAD. What it looks at are files below the folder SHIM_FOLDER.
 *
 * Power cut. SHIM_SHADOW is the disk: a second folder that has of every file what it had when it
 * was last synced, and nothing of what was written since. So fsync copies the file there, under
 * another name first, so that a kill leaves the old content or the new. Nothing is truly synced,
 * which makes the test fast. Names:
 * - A file is there under its name once the file itself was synced. POSIX would have its folder
 *   synced as well; the file systems in use (ext4, XFS, Btrfs, APFS, NTFS) do so with the file.
 * - Removing and renaming wait for a sync of the folder, as journalling file systems may let them.
 *   They are kept in memory until then, and are lost with the process.
 * - Cutting short is part of the content: it waits for a sync of the file. A WAL that was cut off or
 *   removed comes back whole, beside a database that has all of it already.
 * SHIM_IGNORE, if set, is the end of the names of files whose fsync does nothing; empty for all.
 *
 * Full disk. SHIM_DISK is a file with two numbers: which disk it is, and how many bytes may still be
 * written to it ("-": any number). A higher first number begins to count anew. Every byte counts,
 * also one that replaces another, as on file systems that copy on write. A write is cut short where
 * the room ends, and the next one fails with ENOSPC; with EDQUOT if SHIM_QUOTA is set, which is
 * somebody's share of a disk. With SHIM_LATE every write is taken, and fsync fails where there was
 * no room for all, as on network shares.
 *
 * Network share. SHIM_MOUNTS, if set, is a file that is read in place of /proc/self/mounts, by which
 * the program knows where it works.
 *
 * What SQLite and Rust's library call on Linux is intercepted: write, pwrite64, ftruncate64, fsync,
 * unlink, rename, open64, and the same under their other names. SQLite writes its -shm through memory,
 * which no recovery needs; only its growing is a write.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

#define REAL(type, name, ...) \
    static type (*real)(__VA_ARGS__); \
    if (!real) real = (type (*)(__VA_ARGS__))dlsym(RTLD_NEXT, name)

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static void fail(const char *what) {
    fprintf(stderr, "power_cut.c: %s: %s\n", what, strerror(errno));
    abort();
}

/* The path below `folder`, or NULL for files elsewhere. */
static const char *below(const char *path) {
    static const char *folder;
    if (!folder) folder = getenv("SHIM_FOLDER");
    size_t length = folder ? strlen(folder) : 0;
    if (!length || strncmp(path, folder, length)) return NULL;
    if (path[length] == 0) return "";
    return path[length] == '/' ? path + length + 1 : NULL;
}

/* The same of an open file; `path` has room for PATH_MAX. */
static const char *below_fd(int fd, char *path) {
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, PATH_MAX - 1);
    if (length < 0) return NULL;
    path[length] = 0;
    return below(path);
}

/* --- power cut --- */

struct change { /* of names in the folder, that a sync of it makes last */
    char from[PATH_MAX];
    char to[PATH_MAX]; /* empty: removed */
};
static struct change changes[64];
static int change_count;

static void in_shadow(char *path, const char *relative, const char *ending) {
    if (snprintf(path, PATH_MAX, "%s/%s%s", getenv("SHIM_SHADOW"), relative, ending) >= PATH_MAX)
        fail("path too long");
}

static int is_in(const char *relative, const char *folder) {
    const char *slash = strrchr(relative, '/');
    size_t length = slash ? (size_t)(slash - relative) : 0;
    return strlen(folder) == length && !strncmp(relative, folder, length);
}

static void remember(const char *from, const char *to) {
    if (change_count == 64) { errno = 0; fail("too many changes of names"); }
    struct change *change = &changes[change_count++];
    snprintf(change->from, PATH_MAX, "%s", from);
    snprintf(change->to, PATH_MAX, "%s", to);
}

/* A renaming may reach the disk by chance: the test decides, with what the file has there. To be
 * called before the renaming, or a kill between the two would leave a name without a content. */
static void may_reach_the_disk(const char *from, const char *to) {
    char old[PATH_MAX], new[PATH_MAX];
    in_shadow(old, from, "");
    in_shadow(new, to, ".renamed");
    unlink(new);
    if (link(old, new) && errno != ENOENT) fail("cannot link");
}

/* What was to happen to this name is past: it has a file of its own. */
static void forget(const char *relative) {
    int kept = 0;
    for (int i = 0; i < change_count; i++)
        if (strcmp(changes[i].from, relative)) changes[kept++] = changes[i];
    change_count = kept;
}

static void sync_folder(const char *folder) {
    char from[PATH_MAX], to[PATH_MAX];
    int kept = 0;
    for (int i = 0; i < change_count; i++) {
        if (!is_in(changes[i].from, folder)) {
            changes[kept++] = changes[i];
            continue;
        }
        in_shadow(from, changes[i].from, "");
        in_shadow(to, changes[i].to, "");
        int result = *changes[i].to ? rename(from, to) : unlink(from);
        if (result && errno != ENOENT) fail("cannot change a name");
        in_shadow(to, changes[i].to, ".renamed");
        unlink(to);
    }
    change_count = kept;
}

static void sync_file(int fd, const char *relative) {
    static char buffer[1 << 16];
    char part[PATH_MAX], whole[PATH_MAX];
    in_shadow(part, relative, ".copying");
    in_shadow(whole, relative, "");
    for (char *slash = strchr(part + strlen(getenv("SHIM_SHADOW")) + 1, '/'); slash;
         slash = strchr(slash + 1, '/')) {
        *slash = 0;
        mkdir(part, 0777);
        *slash = '/';
    }
    int to = open(part, O_WRONLY | O_CREAT | O_TRUNC, 0666);
    if (to < 0) fail(part);
    /* Read through the same descriptor: closing another one would end SQLite's locks. */
    off_t at = 0;
    ssize_t length;
    while ((length = pread(fd, buffer, sizeof buffer, at)) > 0) {
        if (write(to, buffer, length) != length) fail("cannot copy");
        at += length;
    }
    if (length < 0 || close(to) || rename(part, whole)) fail("cannot copy");
    forget(relative);
}

static int is_ignored(const char *relative) {
    const char *ending = getenv("SHIM_IGNORE");
    if (!ending) return 0;
    size_t length = strlen(relative), end = strlen(ending);
    return length >= end && !strcmp(relative + length - end, ending);
}

static long left_for(int fd, long used_more);
static int no_room(void);

static int synced(int fd, int (*real)(int)) {
    if (left_for(fd, 0) < 0) {
        errno = no_room();
        return -1;
    }
    char path[PATH_MAX];
    const char *relative = getenv("SHIM_SHADOW") ? below_fd(fd, path) : NULL;
    if (!relative) return real(fd);
    struct stat status;
    if (fstat(fd, &status)) return -1;
    pthread_mutex_lock(&lock);
    if (!is_ignored(relative)) {
        if (S_ISDIR(status.st_mode)) sync_folder(relative);
        else sync_file(fd, relative);
    }
    pthread_mutex_unlock(&lock);
    return 0;
}

int fsync(int fd) { REAL(int, "fsync", int); return synced(fd, real); }
int fdatasync(int fd) { REAL(int, "fdatasync", int); return synced(fd, real); }

int unlink(const char *path) {
    REAL(int, "unlink", const char *);
    int result = real(path);
    const char *relative = getenv("SHIM_SHADOW") ? below(path) : NULL;
    if (!result && relative) {
        pthread_mutex_lock(&lock);
        remember(relative, "");
        pthread_mutex_unlock(&lock);
    }
    return result;
}

int rename(const char *from, const char *to) {
    REAL(int, "rename", const char *, const char *);
    const char *relative = getenv("SHIM_SHADOW") && below(to) ? below(from) : NULL;
    if (!relative) return real(from, to);
    pthread_mutex_lock(&lock);
    may_reach_the_disk(relative, below(to));
    int result = real(from, to);
    if (!result) remember(relative, below(to));
    pthread_mutex_unlock(&lock);
    return result;
}

/* --- full disk --- */

static int no_room(void) { return getenv("SHIM_QUOTA") ? EDQUOT : ENOSPC; }

/* How many bytes may still be written to the disk that this file is on. */
static long left_for(int fd, long used_more) {
    static long disk = -1, used;
    const char *control = getenv("SHIM_DISK");
    char path[PATH_MAX], text[64] = "", *rest;
    if (!control || !below_fd(fd, path)) return LONG_MAX;
    pthread_mutex_lock(&lock);
    int file = open(control, O_RDONLY);
    if (file < 0 || read(file, text, sizeof text - 1) < 0) fail(control);
    close(file);
    long number = strtol(text, &rest, 10);
    if (number != disk) {
        disk = number;
        used = 0;
    }
    long left = strchr(rest, '-') ? LONG_MAX : strtol(rest, NULL, 10) - used;
    used += used_more < left || getenv("SHIM_LATE") ? used_more : left;
    pthread_mutex_unlock(&lock);
    return left;
}

/* How many of `wanted` bytes may be written to this file. */
static size_t room(int fd, size_t wanted) {
    if (!wanted) return 0;
    long left = left_for(fd, wanted);
    if (left >= (long)wanted || getenv("SHIM_LATE")) return wanted;
    errno = no_room();
    return left;
}

ssize_t write(int fd, const void *bytes, size_t count) {
    REAL(ssize_t, "write", int, const void *, size_t);
    size_t fits = room(fd, count);
    return count && !fits ? -1 : real(fd, bytes, fits);
}

ssize_t pwrite64(int fd, const void *bytes, size_t count, off64_t at) {
    REAL(ssize_t, "pwrite64", int, const void *, size_t, off64_t);
    size_t fits = room(fd, count);
    return count && !fits ? -1 : real(fd, bytes, fits, at);
}

ssize_t pwrite(int fd, const void *bytes, size_t count, off_t at) {
    return pwrite64(fd, bytes, count, at);
}

ssize_t writev(int fd, const struct iovec *parts, int count) {
    REAL(ssize_t, "writev", int, const struct iovec *, int);
    size_t all = 0;
    for (int i = 0; i < count; i++) all += parts[i].iov_len;
    return room(fd, all) < all ? (errno = no_room(), -1) : real(fd, parts, count);
}

/* Growing takes room where nothing is written yet; cutting short takes none. */
static int has_room_to(int fd, off64_t length) {
    struct stat status;
    if (fstat(fd, &status)) return 0;
    size_t more = length > status.st_size ? length - status.st_size : 0;
    if (room(fd, more) == more) return 1;
    errno = no_room();
    return 0;
}

int ftruncate64(int fd, off64_t length) {
    REAL(int, "ftruncate64", int, off64_t);
    return has_room_to(fd, length) ? real(fd, length) : -1;
}

int ftruncate(int fd, off_t length) { return ftruncate64(fd, length); }

int fallocate64(int fd, int mode, off64_t from, off64_t length) {
    REAL(int, "fallocate64", int, int, off64_t, off64_t);
    return has_room_to(fd, from + length) ? real(fd, mode, from, length) : -1;
}

int fallocate(int fd, int mode, off_t from, off_t length) {
    return fallocate64(fd, mode, from, length);
}

int posix_fallocate64(int fd, off64_t from, off64_t length) {
    REAL(int, "posix_fallocate64", int, off64_t, off64_t);
    return has_room_to(fd, from + length) ? real(fd, from, length) : no_room();
}

int posix_fallocate(int fd, off_t from, off_t length) {
    return posix_fallocate64(fd, from, length);
}

/* --- network share --- */

int open64(const char *path, int flags, ...) {
    REAL(int, "open64", const char *, int, ...);
    va_list rest;
    va_start(rest, flags);
    mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(rest, mode_t) : 0;
    va_end(rest);
    const char *mounts = getenv("SHIM_MOUNTS");
    return real(mounts && !strcmp(path, "/proc/self/mounts") ? mounts : path, flags, mode);
}
