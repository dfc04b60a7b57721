// A disk that can be cut off, that fails, and that fills up: loaded into a server by LD_PRELOAD (Linux), it stands
// between the program and the system for everything below one folder, the root.
//
// What would outlast a power cut is kept apart, in the shadow: the bytes of a file as they were at its last fsync, the
// names in a folder as they were at that folder's last fsync. Nothing else is sure to be there after a power cut, so
// nothing else is in it. At the cut the trial kills the server and puts the shadow in the root's place.
//
//   shadow/0/      the root's names: each is a symbolic link to what it names (../17)
//   shadow/17      the bytes of a file, or the names of a folder
//
// A page that the system has written back before anybody asked for it does outlast a cut: with KEEP each write and each
// change of a name is taken into the shadow at once, wholly or in part, or not, by chance.
//
// The control is a file of numbers that the trial and this share. All calls are made by syscall(), so that none comes
// back here. One lock around each call and what is written down of it keeps the two in step.
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#define PATH 4096
#define SECTOR 512 // a disk writes so many bytes or none of them

// What the trial says (disk.rs has the same numbers) …
enum { LIE, KEEP, SEED, FAIL_IN, FAIL_WITH, SWALLOW, LIMITED, SPACE };
// … and what it is told.
enum { CALLS = 8, FIRED, REFUSED, MISSED, COUNTS = 16, TEXT = 64 };
// The kinds of calls.
enum { WRITE, SYNC, SYNC_NAMES, OPEN, RENAME, LINK, UNLINK, MKDIR, TRUNCATE };
static const char *const kinds[] = {"write", "fsync", "fsync of the folder", "open", "rename",
                                    "link",  "unlink", "mkdir",              "ftruncate"};
// What a lying fsync does not do.
enum { LIE_DATABASE = 1, LIE_FILES = 2, LIE_NAMES = 4 };

// A file or a folder below the root, whatever names it has.
struct object {
    ino_t inode;
    unsigned id;
    struct extent { off_t from, to; } *dirty; // written since it was synced
    size_t count, room;
    struct object *next;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static volatile uint64_t *control; // without it, nothing is done here
static char root[PATH], shadow[PATH];
static dev_t device;
static struct object *table[4096];
static unsigned next_id;
static uint64_t state;

static void say_and_exit(const char *what) {
    dprintf(2, "shim: %s: %s\n", what, strerror(errno));
    _exit(70);
}

static int raw_open(const char *path, int flags) { return syscall(SYS_openat, AT_FDCWD, path, flags, 0600); }

static ssize_t raw_write_at(int fd, const void *from, size_t count, off_t at) {
    return syscall(SYS_pwrite64, fd, from, count, at);
}

static unsigned dice(unsigned below) {
    state ^= state << 13, state ^= state >> 7, state ^= state << 17;
    return (state >> 32) % below;
}

// Objects

static struct object **slot(ino_t inode) {
    struct object **at = &table[inode % 4096];
    while (*at && (*at)->inode != inode) at = &(*at)->next;
    return at;
}

static void forget(ino_t inode) {
    struct object **at = slot(inode), *gone = *at;
    if (!gone) return;
    *at = gone->next;
    free(gone->dirty);
    free(gone);
}

// A new one; the number of its inode may have been another's.
static struct object *made(const struct stat *about) {
    forget(about->st_ino);
    struct object *this = calloc(1, sizeof *this);
    if (!this) say_and_exit("memory");
    *this = (struct object){.inode = about->st_ino, .id = next_id++};
    *slot(about->st_ino) = this;
    char place[PATH + 16];
    snprintf(place, sizeof place, "%s/%u", shadow, this->id);
    if (S_ISDIR(about->st_mode)) {
        if (syscall(SYS_mkdirat, AT_FDCWD, place, 0700)) say_and_exit(place);
    } else {
        int fd = raw_open(place, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC);
        if (fd < 0) say_and_exit(place);
        syscall(SYS_close, fd);
    }
    return this;
}

// Locks, and gives what is behind this descriptor if it is below the root; otherwise there is no lock to give back.
static struct object *ours(int fd) {
    struct stat about;
    if (!control || fstat(fd, &about) || about.st_dev != device) return NULL;
    if (!S_ISREG(about.st_mode) && !S_ISDIR(about.st_mode)) return NULL;
    pthread_mutex_lock(&lock);
    struct object *found = *slot(about.st_ino);
    if (!found) pthread_mutex_unlock(&lock);
    return found;
}

static void dirty(struct object *of, off_t from, off_t to) {
    if (from >= to) return;
    struct extent *last = of->count ? &of->dirty[of->count - 1] : NULL;
    if (last && from <= last->to && to >= last->from) {
        if (from < last->from) last->from = from;
        if (to > last->to) last->to = to;
        return;
    }
    if (of->count == of->room) {
        of->room = of->room ? 2 * of->room : 16;
        of->dirty = realloc(of->dirty, of->room * sizeof *of->dirty);
        if (!of->dirty) say_and_exit("memory");
    }
    of->dirty[of->count++] = (struct extent){from, to};
}

static int shadow_of(const struct object *of) {
    char place[PATH + 16];
    snprintf(place, sizeof place, "%s/%u", shadow, of->id);
    int fd = raw_open(place, O_WRONLY | O_CLOEXEC);
    if (fd < 0) say_and_exit(place);
    return fd;
}

// The bytes of a file as they are now outlast a cut.
static void sync_bytes(struct object *of, int fd) {
    static char block[1 << 16];
    char self[64];
    snprintf(self, sizeof self, "/proc/self/fd/%d", fd); // it may be open for writing only
    int from = raw_open(self, O_RDONLY | O_CLOEXEC), to = shadow_of(of);
    struct stat about;
    if (from < 0 || fstat(from, &about)) say_and_exit(self);
    for (size_t i = 0; i < of->count; i++) {
        off_t at = of->dirty[i].from, end = of->dirty[i].to;
        if (end > about.st_size) end = about.st_size;
        while (at < end) {
            size_t most = end - at < (off_t)sizeof block ? (size_t)(end - at) : sizeof block;
            ssize_t got = pread(from, block, most, at);
            if (got <= 0 || raw_write_at(to, block, got, at) != got) say_and_exit("shadow");
            at += got;
        }
    }
    syscall(SYS_ftruncate, to, about.st_size);
    of->count = 0;
    syscall(SYS_close, from);
    syscall(SYS_close, to);
}

// One name outlasts a cut as it is now: there, gone, or another file's.
static void sync_name(const char *folder, const char *name) {
    struct stat about;
    struct object *in = stat(folder, &about) ? NULL : *slot(about.st_ino), *named = NULL;
    if (!in) return;
    char path[2 * PATH], place[2 * PATH], new[PATH + 8], target[32], there[32];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    snprintf(place, sizeof place, "%s/%u/%s", shadow, in->id, name);
    if (!lstat(path, &about) && (S_ISREG(about.st_mode) || S_ISDIR(about.st_mode))) {
        named = *slot(about.st_ino);
        if (!named) control[MISSED]++; // it was made by a call that is not caught here
    }
    if (!named) {
        syscall(SYS_unlinkat, AT_FDCWD, place, 0);
        return;
    }
    snprintf(target, sizeof target, "../%u", named->id);
    ssize_t length = readlink(place, there, sizeof there - 1);
    there[length < 0 ? 0 : length] = 0;
    if (!strcmp(there, target)) return;
    snprintf(new, sizeof new, "%s/new", shadow);
    if (symlink(target, new) || syscall(SYS_renameat2, AT_FDCWD, new, AT_FDCWD, place, 0)) say_and_exit(place);
}

static void sync_names_of(const char *folder, const char *listed) {
    DIR *names = opendir(listed);
    for (struct dirent *one; names && (one = readdir(names));) {
        if (strcmp(one->d_name, ".") && strcmp(one->d_name, "..")) sync_name(folder, one->d_name);
    }
    if (names) closedir(names);
}

// All names in a folder outlast a cut as they are now: first what is there, then what is not.
static void sync_names(const struct object *of, const char *folder) {
    char listed[PATH + 16];
    sync_names_of(folder, folder);
    snprintf(listed, sizeof listed, "%s/%u", shadow, of->id);
    sync_names_of(folder, listed);
}

// Chance

// What was just written may be written back at once: all of it, some sectors, or nothing.
static void perhaps_bytes(const struct object *of, const char *from, size_t count, off_t at) {
    unsigned how = control[KEEP] ? dice(4) : 3;
    if (how > 1) return;
    int to = shadow_of(of);
    for (size_t done = 0; done < count;) {
        size_t some = SECTOR - (at + done) % SECTOR;
        if (some > count - done) some = count - done;
        if (how == 0 || dice(2)) raw_write_at(to, from + done, some, at + done);
        done += some;
    }
    syscall(SYS_close, to);
}

static void perhaps_length(const struct object *of, off_t length) {
    if (!control[KEEP] || dice(2)) return;
    int to = shadow_of(of);
    syscall(SYS_ftruncate, to, length);
    syscall(SYS_close, to);
}

static void perhaps_names(const char *path, const char *other) {
    if (!control[KEEP] || dice(2)) return;
    for (int i = 0; i < 2; i++, path = other) {
        char folder[PATH];
        if (!path) return;
        snprintf(folder, sizeof folder, "%s", path);
        char *slash = strrchr(folder, '/');
        *slash = 0;
        sync_name(folder, slash + 1);
    }
}

// Faults

// Counts a call; -1 if it is to fail (errno says how), 1 if it is to be left out and yet to be answered with success.
static int fault(int kind, const char *path) {
    control[COUNTS + kind]++;
    control[CALLS]++;
    if (!control[FAIL_IN] || --control[FAIL_IN]) return 0;
    control[FIRED]++;
    const char *name = strrchr(path, '/');
    snprintf((char *)(control + TEXT), 256, "%s %s", kinds[kind], name ? name + 1 : path);
    if (control[SWALLOW]) return 1;
    errno = control[FAIL_WITH];
    return -1;
}

static const char *path_of(int fd, char path[PATH]) {
    char self[64];
    snprintf(self, sizeof self, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(self, path, PATH - 1);
    path[length < 0 ? 0 : length] = 0;
    return path;
}

// How many of so many bytes there is space for; what is written over needs none.
static size_t fits(int fd, off_t at, size_t count) {
    struct stat about;
    if (!control[LIMITED] || fstat(fd, &about) || at + (off_t)count <= about.st_size) return count;
    size_t over = at >= about.st_size ? 0 : about.st_size - at, more = count - over;
    if (more > control[SPACE]) {
        control[REFUSED]++;
        more = control[SPACE];
    }
    control[SPACE] -= more;
    return over + more;
}

// Whether there is no space for a new name.
static int full(void) {
    if (!control[LIMITED] || control[SPACE] >= 4096 || control[SWALLOW]) return 0;
    control[REFUSED]++;
    errno = ENOSPC;
    return 1;
}

// The calls

// At -1 it writes where the file stands.
static ssize_t put(int fd, const void *from, size_t count, off_t at) {
    struct object *of = ours(fd);
    if (!of) return at < 0 ? syscall(SYS_write, fd, from, count) : raw_write_at(fd, from, count, at);
    char path[PATH];
    struct stat about;
    int flags = fcntl(fd, F_GETFL);
    off_t place = at >= 0 ? at : lseek(fd, 0, SEEK_CUR);
    if (at < 0 && (flags & O_APPEND) && !fstat(fd, &about)) place = about.st_size;
    ssize_t done = -1;
    int wrong = fault(WRITE, path_of(fd, path));
    size_t some = wrong ? 0 : fits(fd, place, count);
    if (wrong > 0 || (!wrong && !some && count && control[SWALLOW])) {
        done = count;
        if (at < 0) lseek(fd, count, SEEK_CUR);
    } else if (!wrong && !some && count) {
        errno = ENOSPC;
    } else if (!wrong) {
        done = at < 0 ? syscall(SYS_write, fd, from, some) : raw_write_at(fd, from, some, at);
        if (done > 0) {
            dirty(of, place, place + done);
            perhaps_bytes(of, from, done, place);
            if (flags & O_DSYNC) sync_bytes(of, fd);
        }
    }
    pthread_mutex_unlock(&lock);
    return done;
}

ssize_t write(int fd, const void *from, size_t count) { return put(fd, from, count, -1); }
ssize_t pwrite64(int fd, const void *from, size_t count, off64_t at) { return put(fd, from, count, at); }
ssize_t pwrite(int fd, const void *from, size_t count, off_t at) { return put(fd, from, count, at); }

// Of several pieces the first: whoever writes has to go on with the rest.
static ssize_t put_first(int fd, const struct iovec *from, int count, off_t at, long call) {
    if (!ours(fd)) return syscall(call, fd, from, count, at, 0);
    pthread_mutex_unlock(&lock);
    while (count > 1 && !from->iov_len) from++, count--;
    return count ? put(fd, from->iov_base, from->iov_len, at) : 0;
}

ssize_t writev(int fd, const struct iovec *from, int count) { return put_first(fd, from, count, -1, SYS_writev); }
ssize_t pwritev64(int fd, const struct iovec *from, int count, off64_t at) {
    return put_first(fd, from, count, at, SYS_pwritev);
}
ssize_t pwritev(int fd, const struct iovec *from, int count, off_t at) {
    return put_first(fd, from, count, at, SYS_pwritev);
}

// Copying inside the kernel is refused, so that bytes come through write().
#define REFUSED_BELOW_THE_ROOT(name, parameters, to, ...)                                                              \
    ssize_t name parameters {                                                                                          \
        if (!ours(to)) return syscall(__VA_ARGS__);                                                                    \
        pthread_mutex_unlock(&lock);                                                                                   \
        errno = EINVAL;                                                                                                \
        return -1;                                                                                                     \
    }
REFUSED_BELOW_THE_ROOT(copy_file_range, (int from, off64_t *a, int to, off64_t *b, size_t count, unsigned flags), to,
                       SYS_copy_file_range, from, a, to, b, count, flags)
REFUSED_BELOW_THE_ROOT(sendfile64, (int to, int from, off64_t *a, size_t count), to, SYS_sendfile, to, from, a, count)
REFUSED_BELOW_THE_ROOT(splice, (int from, off64_t *a, int to, off64_t *b, size_t count, unsigned flags), to,
                       SYS_splice, from, a, to, b, count, flags)

static int sync_it(int fd, long call) {
    struct object *of = ours(fd);
    if (!of) return syscall(call, fd);
    char path[PATH];
    struct stat about;
    int is_folder = !fstat(fd, &about) && S_ISDIR(about.st_mode);
    int wrong = fault(is_folder ? SYNC_NAMES : SYNC, path_of(fd, path));
    int kind = is_folder ? LIE_NAMES : strstr(path, ".db") ? LIE_DATABASE : LIE_FILES;
    if (!wrong && !(control[LIE] & kind)) {
        is_folder ? sync_names(of, path) : sync_bytes(of, fd);
    } else if (wrong < 0 && !is_folder) {
        of->count = 0; // Linux does not try again: what could not be written back is no longer known to be dirty
    }
    pthread_mutex_unlock(&lock);
    return wrong < 0 ? -1 : 0;
}

int fsync(int fd) { return sync_it(fd, SYS_fsync); }
int fdatasync(int fd) { return sync_it(fd, SYS_fdatasync); }

static int set_length(int fd, off_t length) {
    struct object *of = ours(fd);
    if (!of) return syscall(SYS_ftruncate, fd, length);
    char path[PATH];
    struct stat about;
    int wrong = fault(TRUNCATE, path_of(fd, path)), done = wrong < 0 ? -1 : 0;
    if (!wrong && !fstat(fd, &about) && !(done = syscall(SYS_ftruncate, fd, length))) {
        dirty(of, length < about.st_size ? length : about.st_size, length < about.st_size ? about.st_size : length);
        perhaps_length(of, length);
    }
    pthread_mutex_unlock(&lock);
    return done;
}

int ftruncate(int fd, off_t length) { return set_length(fd, length); }
int ftruncate64(int fd, off64_t length) { return set_length(fd, length); }

// Whether a path is below the root, and then all of it. Everything here has the root's canonical path.
static int below(int folder, const char *path, char whole[PATH]) {
    if (!control) return 0;
    char before[PATH] = "";
    if (*path != '/' && folder != AT_FDCWD) path_of(folder, before);
    if (*path != '/' && folder == AT_FDCWD && !getcwd(before, sizeof before)) return 0;
    snprintf(whole, PATH, "%.2000s%s%.2000s", before, *path == '/' ? "" : "/", path);
    size_t length = strlen(root);
    return !strncmp(whole, root, length) && (whole[length] == '/' || !whole[length]);
}

static int open_it(int folder, const char *path, int flags, mode_t mode) {
    char whole[PATH];
    if (!below(folder, path, whole)) return syscall(SYS_openat, folder, path, flags, mode);
    pthread_mutex_lock(&lock);
    struct stat before, about;
    int is_new = lstat(whole, &before) && (flags & O_CREAT), fd = -1;
    // Only what is made needs space. An open that is left out cannot be answered with success.
    int can_fail = !control[SWALLOW] && (is_new || control[FAIL_WITH] != ENOSPC);
    if (!can_fail) control[COUNTS + OPEN]++;
    int wrong = (can_fail && fault(OPEN, whole)) || (is_new && full());
    if (!wrong && (fd = syscall(SYS_openat, folder, path, flags, mode)) >= 0 && !fstat(fd, &about)) {
        if (is_new) {
            made(&about);
            perhaps_names(whole, NULL);
        } else if ((flags & O_TRUNC) && *slot(about.st_ino)) {
            dirty(*slot(about.st_ino), 0, before.st_size);
            perhaps_length(*slot(about.st_ino), 0);
        }
    }
    int error = errno;
    pthread_mutex_unlock(&lock);
    errno = error;
    return fd;
}

static mode_t mode_in(int flags, va_list rest) { return flags & (O_CREAT | O_TMPFILE) ? va_arg(rest, mode_t) : 0; }

#define OPEN(name)                                                                                                     \
    int name(const char *path, int flags, ...) {                                                                       \
        va_list rest;                                                                                                  \
        va_start(rest, flags);                                                                                         \
        mode_t mode = mode_in(flags, rest);                                                                            \
        va_end(rest);                                                                                                  \
        return open_it(AT_FDCWD, path, flags, mode);                                                                   \
    }
OPEN(open)
OPEN(open64)
#define OPEN_AT(name)                                                                                                  \
    int name(int folder, const char *path, int flags, ...) {                                                           \
        va_list rest;                                                                                                  \
        va_start(rest, flags);                                                                                         \
        mode_t mode = mode_in(flags, rest);                                                                            \
        va_end(rest);                                                                                                  \
        return open_it(folder, path, flags, mode);                                                                     \
    }
OPEN_AT(openat)
OPEN_AT(openat64)

// A file without any name left is nobody's business after a cut.
static void forget_nameless(const struct stat *about, int there) {
    if (there && S_ISREG(about->st_mode) && about->st_nlink == 1) forget(about->st_ino);
}

int renameat2(int folder, const char *path, int to_folder, const char *to, unsigned flags) {
    char old[PATH], new[PATH];
    if (!below(folder, path, old) || !below(to_folder, to, new)) {
        return syscall(SYS_renameat2, folder, path, to_folder, to, flags);
    }
    pthread_mutex_lock(&lock);
    struct stat replaced;
    int there = !lstat(new, &replaced);
    int wrong = fault(RENAME, new), done = wrong < 0 ? -1 : 0;
    if (!wrong && !(done = syscall(SYS_renameat2, folder, path, to_folder, to, flags))) {
        forget_nameless(&replaced, there);
        perhaps_names(new, old);
    }
    pthread_mutex_unlock(&lock);
    return done;
}

int renameat(int folder, const char *path, int to_folder, const char *to) {
    return renameat2(folder, path, to_folder, to, 0);
}
int rename(const char *path, const char *to) { return renameat2(AT_FDCWD, path, AT_FDCWD, to, 0); }

int linkat(int folder, const char *path, int to_folder, const char *to, int flags) {
    char new[PATH];
    if (!below(to_folder, to, new)) return syscall(SYS_linkat, folder, path, to_folder, to, flags);
    pthread_mutex_lock(&lock);
    int wrong = fault(LINK, new), done = wrong < 0 || (!wrong && full()) ? -1 : 0;
    if (!wrong && !done && !(done = syscall(SYS_linkat, folder, path, to_folder, to, flags))) perhaps_names(new, NULL);
    pthread_mutex_unlock(&lock);
    return done;
}

int link(const char *path, const char *to) { return linkat(AT_FDCWD, path, AT_FDCWD, to, 0); }

int unlinkat(int folder, const char *path, int flags) {
    char whole[PATH];
    if (!below(folder, path, whole)) return syscall(SYS_unlinkat, folder, path, flags);
    pthread_mutex_lock(&lock);
    struct stat about;
    int there = !lstat(whole, &about);
    int wrong = fault(UNLINK, whole), done = wrong < 0 ? -1 : 0;
    if (!wrong && !(done = syscall(SYS_unlinkat, folder, path, flags))) {
        forget_nameless(&about, there);
        perhaps_names(whole, NULL);
    }
    pthread_mutex_unlock(&lock);
    return done;
}

int unlink(const char *path) { return unlinkat(AT_FDCWD, path, 0); }
int rmdir(const char *path) { return unlinkat(AT_FDCWD, path, AT_REMOVEDIR); }

int mkdirat(int folder, const char *path, mode_t mode) {
    char whole[PATH];
    if (!below(folder, path, whole)) return syscall(SYS_mkdirat, folder, path, mode);
    pthread_mutex_lock(&lock);
    struct stat about;
    int there = !lstat(whole, &about);
    int wrong = fault(MKDIR, whole), done = wrong < 0 || (!wrong && !there && full()) ? -1 : 0;
    if (!wrong && !done && !(done = syscall(SYS_mkdirat, folder, path, mode)) && !lstat(whole, &about)) {
        made(&about);
        perhaps_names(whole, NULL);
    }
    pthread_mutex_unlock(&lock);
    return done;
}

int mkdir(const char *path, mode_t mode) { return mkdirat(AT_FDCWD, path, mode); }

// The beginning

// What is there when the server starts is taken to be on disk.
static void take_in(const char *path) {
    struct stat about;
    if (lstat(path, &about)) say_and_exit(path);
    if (S_ISREG(about.st_mode) && !*slot(about.st_ino)) {
        struct object *this = made(&about);
        int fd = raw_open(path, O_RDONLY | O_CLOEXEC);
        dirty(this, 0, about.st_size);
        sync_bytes(this, fd);
        syscall(SYS_close, fd);
    } else if (S_ISDIR(about.st_mode)) {
        struct object *this = made(&about);
        DIR *names = opendir(path);
        for (struct dirent *one; names && (one = readdir(names));) {
            char inside[PATH + 256];
            snprintf(inside, sizeof inside, "%s/%s", path, one->d_name);
            if (strcmp(one->d_name, ".") && strcmp(one->d_name, "..")) take_in(inside);
        }
        if (names) closedir(names);
        sync_names(this, path);
    }
}

__attribute__((constructor)) static void begin(void) {
    const char *of = getenv("PHONE_SIM_ROOT"), *apart = getenv("PHONE_SIM_SHADOW"), *by = getenv("PHONE_SIM_CONTROL");
    if (!of || !apart || !by) return;
    struct stat about;
    if (!realpath(of, root) || !realpath(apart, shadow) || stat(root, &about)) say_and_exit(of);
    device = about.st_dev;
    int fd = raw_open(by, O_RDWR | O_CLOEXEC);
    void *shared = fd < 0 ? MAP_FAILED : mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (shared == MAP_FAILED) say_and_exit(by);
    control = shared;
    state = control[SEED] | 1;
    // What the program says, a panic above all, is kept for the trial.
    const char *said = getenv("PHONE_SIM_LOG");
    int log = said ? raw_open(said, O_WRONLY | O_CREAT | O_APPEND) : -1;
    if (log >= 0) dup2(log, 2);
    take_in(root);
}
