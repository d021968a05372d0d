//! Files that nobody else on the machine may read: keys (`reliability.md` 6).

use std::fs::File;
use std::io::{self, Read};
use std::os::unix::fs::MetadataExt;
use std::path::Path;

/// Rights that a key's file must not give: the group may read it (so a key may belong to a group such
/// as Debian's `ssl-cert`), nobody else anything.
const TOO_MUCH: u32 = 0o037;

/// Where containers are given their secrets: the container is the wall there, and the mode is 0444.
const OF_CONTAINERS: &str = "/run/secrets";

/// A file with a key in it that others may read or change.
#[derive(Debug, thiserror::Error)]
#[error("others may read or change it (mode {mode:04o}); chmod 600")]
pub struct OpenToOthers {
    /// Its rights.
    pub mode: u32,
}

/// The text of a file with a key in it.
///
/// # Errors
/// The file cannot be read, or others may read or change it: [`OpenToOthers`] is inside then.
pub fn read(path: &Path) -> io::Result<String> {
    let mut file = File::open(path)?;
    let mode = file.metadata()?.mode() & 0o777;
    // Followed to its end: a link from elsewhere into that folder is fine, one out of it is not.
    let given = path.canonicalize()?.starts_with(OF_CONTAINERS);
    if mode & TOO_MUCH != 0 && !given {
        return Err(io::Error::new(io::ErrorKind::PermissionDenied, OpenToOthers { mode }));
    }
    let mut text = String::new();
    file.read_to_string(&mut text)?;
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn a_key_that_others_may_read_or_change_is_refused_and_one_for_a_group_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        fs::write(&path, "secret").unwrap();
        for (mode, fits) in [(0o600, true), (0o400, true), (0o640, true), (0o644, false), (0o660, false), (0o602, false)] {
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
            match read(&path) {
                Ok(text) => assert!(fits && text == "secret", "{mode:o}"),
                Err(error) => assert!(!fits && error.to_string().contains(&format!("{mode:04o}")), "{mode:o}: {error}"),
            }
        }
    }
}
