//! What must stay on one side of a split: images of one group, and images that show nearly the same.

use std::collections::HashMap;

use super::LabelledImage;
use crate::catalog::ImageId;
use crate::similarity::UnionFind;

/// Brings images that show nearly the same into one group, with all that their groups hold. It has
/// the name of the earliest image's group, so that an image that comes later moves no other.
///
/// `ids` are the images' numbers, in the order of `images`.
pub(super) fn join_groups(
    images: &mut [LabelledImage],
    ids: &[ImageId],
    clusters: &[Vec<ImageId>],
) {
    let mut earliest_first: Vec<usize> = (0..ids.len()).collect();
    earliest_first.sort_by_key(|index| ids[*index]);
    let place: HashMap<ImageId, usize> =
        earliest_first.iter().enumerate().map(|(place, index)| (ids[*index], place)).collect();
    let mut sets = UnionFind::new(ids.len());
    for cluster in clusters {
        let mut members = cluster.iter().filter_map(|image| place.get(image));
        if let Some(first) = members.next() {
            members.for_each(|other| sets.join(*first, *other));
        }
    }
    // A file's name is no group: others of that name in other folders have nothing to do with it.
    let mut grouped: HashMap<&str, usize> = HashMap::new();
    for (place, index) in earliest_first.iter().enumerate() {
        if images[*index].is_grouped {
            let first = *grouped.entry(&images[*index].group).or_insert(place);
            sets.join(first, place);
        }
    }
    let groups: Vec<String> = (0..ids.len())
        .map(|place| images[earliest_first[sets.lowest(place)]].group.clone())
        .collect();
    for (index, group) in earliest_first.into_iter().zip(groups) {
        images[index].group = group;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::micrograph::ReadChoice;
    use crate::ops::FileToRead;

    fn joined(images: &[(&str, bool)], ids: &[u32], clusters: &[&[u32]]) -> Vec<String> {
        let mut images: Vec<LabelledImage> = images
            .iter()
            .map(|(group, is_grouped)| LabelledImage {
                file: FileToRead { path: "a.tif".into(), choice: ReadChoice::default() },
                category: "Tips".into(),
                group: (*group).to_owned(),
                is_grouped: *is_grouped,
                licence: None,
            })
            .collect();
        let ids: Vec<ImageId> = ids.iter().copied().map(ImageId).collect();
        let clusters: Vec<Vec<ImageId>> =
            clusters.iter().map(|cluster| cluster.iter().copied().map(ImageId).collect()).collect();
        join_groups(&mut images, &ids, &clusters);
        images.into_iter().map(|image| image.group).collect()
    }

    #[test]
    fn a_cluster_has_the_group_of_its_earliest_image() {
        let images = [("a.tif", false), ("b.tif", false), ("c.tif", false)];
        assert_eq!(joined(&images, &[3, 1, 2], &[&[1, 3]]), ["b.tif", "b.tif", "c.tif"]);
    }

    #[test]
    fn files_of_one_name_in_other_folders_are_not_drawn_in() {
        let images = [("1.tif", false), ("2.tif", false), ("1.tif", false), ("2.tif", false)];
        let joined = joined(&images, &[1, 2, 3, 4], &[&[1, 4]]);
        assert_eq!(joined, ["1.tif", "2.tif", "1.tif", "1.tif"]);
    }

    #[test]
    fn groups_of_a_manifest_come_along_whole() {
        let images = [("paper A", true), ("paper A", true), ("paper B", true), ("paper B", true)];
        let joined = joined(&images, &[1, 2, 3, 4], &[&[2, 4]]);
        assert_eq!(joined, ["paper A"; 4]);
    }
}
