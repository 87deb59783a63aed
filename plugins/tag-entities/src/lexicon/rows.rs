//! The form of the word lists: lines, `#` opening a comment; columns at tabs; names at `|`.

/// The lines of a list that say something.
pub(super) fn lines(list: &'static str) -> impl Iterator<Item = &'static str> {
    list.lines().filter(|line| !line.starts_with('#') && !line.trim().is_empty())
}

/// The rows of a list of so many columns.
pub(super) fn rows<const COLUMNS: usize>(
    list: &'static str,
) -> impl Iterator<Item = [&'static str; COLUMNS]> {
    lines(list).filter_map(|line| {
        let mut row = [""; COLUMNS];
        let mut cells = line.split('\t');
        for cell in &mut row {
            *cell = cells.next()?;
        }
        cells.next().is_none().then_some(row)
    })
}

/// The names in a cell.
pub(super) fn cells(cell: &'static str) -> impl Iterator<Item = &'static str> {
    cell.split('|').filter(|name| !name.is_empty())
}
