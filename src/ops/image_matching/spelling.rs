//! How a path may be spelled in somebody else's file.

use percent_encoding::percent_decode_str;

use crate::text::folded;

/// What a path may be spelled like here, the likeliest first: as it stands, without the signs of a
/// web address, and without what Label Studio puts before the names of files.
pub(super) fn spellings(path: &str) -> Vec<String> {
    let mut spellings = vec![path.to_owned()];
    let mut add = |spelling: String| {
        if !spellings.contains(&spelling) {
            spellings.push(spelling);
        }
    };
    let address = path.split_once("?d=").map_or(path, |(_, file)| file);
    let address = address.strip_prefix("file://").unwrap_or(address);
    let decoded = percent_decode_str(address).decode_utf8().map_or(address.into(), Into::into);
    add(address.to_owned());
    add(String::clone(&decoded));
    if let Some(name) = uploaded_name(&decoded) {
        add(name.to_owned());
    }
    add(path.trim().to_owned());
    spellings
}

/// The name of the file that was uploaded to Label Studio, out of `/data/upload/N/HHHHHHHH-name`.
fn uploaded_name(path: &str) -> Option<&str> {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    let (project, number) = folder.rsplit_once('/')?;
    let is_upload = project.ends_with("upload") && number.bytes().all(|b| b.is_ascii_digit());
    let (random, name) = name.split_at_checked(9)?;
    let is_random = random.strip_suffix('-')?.bytes().all(|byte| byte.is_ascii_hexdigit());
    (is_upload && is_random && !name.is_empty()).then_some(name)
}

/// The folders and the name, as they are compared.
pub(super) fn parts(path: &str) -> Vec<String> {
    let path = path.replace('\\', "/");
    let mut parts: Vec<String> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()),
            _ => parts.push(folded(part)),
        }
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_has_the_same_parts_on_every_computer() {
        for path in
            ["D:\\SEM\\Set 1\\Ä.tif", "D:/sem/./x/../set 1/A\u{308}.TIF", "D:\\\\SEM//set 1\\ä.tif"]
        {
            assert_eq!(parts(path), ["d:", "sem", "set 1", "ä.tif"]);
        }
        assert_eq!(parts("..\\lib\\a.tif"), ["lib", "a.tif"]);
        assert_eq!(parts("\\\\nas\\sem\\a.tif"), ["nas", "sem", "a.tif"]);
        assert!(parts("./").is_empty());
    }

    #[test]
    fn addresses_are_spelled_as_files() {
        let last = |path: &str| spellings(path).pop().unwrap();
        assert_eq!(last("/data/local-files/?d=set%201/Gr%C3%B6%C3%9Fe.tif"), "set 1/Größe.tif");
        assert_eq!(last("file:///D:/SEM/a%20b.tif"), "/D:/SEM/a b.tif");
        assert_eq!(last("/data/upload/12/0a1b2c3d-b_02.tif"), "b_02.tif");
        for path in
            ["x/0a1b2c3d-b.tif", "upload/1/0a1b2c3g-b.tif", "upload/1/0a1b2c3d-", "100%.tif"]
        {
            assert_eq!(spellings(path), [path]);
        }
    }
}
