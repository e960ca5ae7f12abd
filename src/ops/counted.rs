//! How many there are of something, in words.

use std::fmt::Display;

/// Such as `1 label` or `3 labels`.
pub fn counted<N: Display + PartialEq + From<u8>>(count: N, one: &str, many: &str) -> String {
    let what = if count == N::from(1) { one } else { many };
    format!("{count} {what}")
}

/// `1 image`, `3 images`.
pub fn image_count<N: Display + PartialEq + From<u8>>(count: N) -> String {
    counted(count, "image", "images")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_alone_is_singular() {
        assert_eq!([0, 1, 2].map(image_count::<u64>), ["0 images", "1 image", "2 images"]);
        assert_eq!(counted(1_usize, "entry", "entries"), "1 entry");
    }
}
