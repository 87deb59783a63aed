//! The names by which a table may mean a file.

/// The names of the file at this path, the longest folder first: the path, then what is left of it without
/// its first folder, the first two, and so on; each of them whole, then without `.gz` or `.zst`, then
/// without the ending. So a name that fits is the longest that does.
pub(super) fn of(path: &str) -> impl Iterator<Item = &str> {
    let starts = path.match_indices('/').map(|(at, _)| at + 1);
    [0].into_iter().chain(starts).filter_map(|start| path.get(start..)).flat_map(endings)
}

fn endings(name: &str) -> impl Iterator<Item = &str> {
    let unpacked = without_ending(name).filter(|(_, ending)| {
        ending.eq_ignore_ascii_case("gz") || ending.eq_ignore_ascii_case("zst")
    });
    let unpacked = unpacked.map(|(name, _)| name);
    let bare = without_ending(unpacked.unwrap_or(name)).map(|(name, _)| name);
    [Some(name), unpacked, bare].into_iter().flatten()
}

fn without_ending(name: &str) -> Option<(&str, &str)> {
    let (before, ending) = name.rsplit_once('.')?;
    let named = !before.is_empty() && !before.ends_with('/') && !ending.contains('/');
    named.then_some((before, ending))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_known_with_and_without_folder_and_ending() {
        let names = |path| of(path).collect::<Vec<_>>();
        assert_eq!(names("a.b/c.txt"), ["a.b/c.txt", "a.b/c", "c.txt", "c"]);
        assert_eq!(names("page.html.GZ"), ["page.html.GZ", "page.html", "page"]);
        assert_eq!(names("a.b/c"), ["a.b/c", "c"]);
        assert_eq!(names("a/.gz"), ["a/.gz", ".gz"]);
        assert_eq!(names("2021.05.03.txt"), ["2021.05.03.txt", "2021.05.03"]);
    }
}
