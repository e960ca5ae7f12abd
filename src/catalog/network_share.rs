//! Whether a folder lies on another computer, by what Linux says is mounted where.
//!
//! Databases there are slow, and writing ahead is not safe. Other systems are not asked.

use std::fs;
use std::path::Path;

/// Kinds of file systems that reach over a network.
const KINDS: [&str; 12] = [
    "9p",
    "afs",
    "ceph",
    "cifs",
    "davfs",
    "fuse.davfs2",
    "fuse.rclone",
    "fuse.sshfs",
    "ncpfs",
    "nfs",
    "nfs4",
    "smb3",
];

/// Whether `path`, which need not exist, lies on a network share.
pub(super) fn is_on_one(path: &Path) -> bool {
    // Absent on systems other than Linux.
    let mounts = fs::read_to_string("/proc/self/mounts").unwrap_or_default();
    let path = path.ancestors().find_map(|folder| folder.canonicalize().ok());
    path.is_some_and(|path| is_on_one_of(&path, &mounts))
}

/// The same for a full path, by lines of `/proc/self/mounts` (proc(5)).
fn is_on_one_of(path: &Path, mounts: &str) -> bool {
    let mounts = mounts.lines().filter_map(|line| {
        let mut fields = line.split(' ').skip(1);
        Some((plain(fields.next()?), fields.next()?))
    });
    let above = mounts.filter(|(place, _)| path.starts_with(place));
    let nearest = above.max_by_key(|(place, _)| place.len());
    nearest.is_some_and(|(_, kind)| KINDS.contains(&kind))
}

/// Blanks and the like are written as octal numbers.
fn plain(place: &str) -> String {
    [("\\040", " "), ("\\011", "\t"), ("\\012", "\n"), ("\\134", "\\")]
        .iter()
        .fold(place.to_owned(), |text, (code, character)| text.replace(code, character))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_mount_decides() {
        let mounts = "/dev/sda1 / ext4 rw 0 0\nserver:/data /data nfs4 rw 0 0\n\
            /dev/sdb1 /data/local ext4 rw 0 0\n//nas/sem /mnt/SEM\\040images cifs rw 0 0\n";
        let is_share = |path: &str| is_on_one_of(Path::new(path), mounts);
        assert!(is_share("/data/a/b"));
        assert!(is_share("/mnt/SEM images/x"));
        assert!(!is_share("/data/local/a"));
        assert!(!is_share("/database"), "no folder of /data");
        assert!(!is_share("/home/a"));
    }
}
